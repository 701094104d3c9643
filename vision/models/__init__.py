"""What each model is and costs: catalog.toml (data), its loader, the image-token rules, the prices."""
