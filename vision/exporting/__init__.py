"""Extracted records as files to take away: CSV, XLSX, JSON, JSONL, one HTML page. Pure: records in, bytes out.

Names, values and file names are hostile: they come from pictures, models and people.
"""
