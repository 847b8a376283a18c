"""Numbers drawn and written: SVG figures, tapes, rulers, stamps, tables and CSV.

Standard library only; the web imports it. Every function returns markup that is escaped and
carries neither styles nor scripts, so it stands under a strict content security policy.
"""

from __future__ import annotations
