"""Items for other systems: QTI 3.0, GIFT and Moodle XML.

Hidden tests, references and misconception programs are written only for staff.
"""

from gradatim.tools.items.export.exporting import FORMATS, Exported, Format, export_items

__all__ = ["FORMATS", "Exported", "Format", "export_items"]
