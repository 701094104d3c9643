"""What the server answers beside Streamlit's own pages: pictures, talks as files, uploads, the kit, health.

No Streamlit import.
"""
