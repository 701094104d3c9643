"""The pages: widgets and layout only."""
