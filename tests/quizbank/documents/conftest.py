"""The real documents are tested where DOCUMENTS names their folder; nothing else asks for it."""

from __future__ import annotations

import os

collect_ignore = [] if os.environ.get("DOCUMENTS") else ["test_real_documents.py"]
