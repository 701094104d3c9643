"""What the server answers beside Streamlit's own pages: pictures, uploads, the kit, health. No Streamlit import."""
