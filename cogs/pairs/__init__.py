"""Agreements between people, and the questions that come to them under one."""
