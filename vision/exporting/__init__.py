"""Checked data as files: CSV, XLSX, JSON, JSONL and one HTML page with its pictures inside."""
