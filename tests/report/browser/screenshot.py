#!/usr/bin/env python3
"""A picture of a page as far down as its nodes: screenshot.py PAGE PNG"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from chromium import Chromium  # noqa: E402

WIDTH = 1040
END = "document.getElementById('nodes').getBoundingClientRect().bottom"

with Chromium() as page:
    page.open(sys.argv[1], width=WIDTH)
    picture = page.picture(whole=True, x=0, y=0, width=WIDTH, height=int(page.value(END)) + 28)
with open(sys.argv[2], "wb") as file:
    file.write(picture)
