// Where things stand on an A4 sheet that is folded in three and shows its address in the window of a French DL envelope.

/** Points in a millimetre (PDF 32000-1, 8.3.2.3: 72 to the inch). */
const mm = 72 / 25.4;

/**
 * A DL envelope is 110 by 220 mm; its window of 45 by 100 mm is at the right, 20 mm from the right edge and 20 mm from the bottom (NF Q11-011; La Poste,
 * "enveloppe à fenêtre, format DL"): between 100 and 200 mm from the left, and 45 and 90 mm from the top. A folded sheet is 99 by 210 mm and slips by 10 mm
 * to the side and 11 mm up or down. So what must be seen wherever it slips stands between 100 and 190 mm from the left and 45 and 79 mm from the top of the
 * sheet, and nothing else may stand between 90 and 200, and 34 and 90.
 */
export const addressBox = { x: 103 * mm, y: 47 * mm, width: 86 * mm, height: 31 * mm };

/** Margins: of the first page, which bears the way to object at its foot, and of those that follow. */
export const page = {
  left: 25 * mm,
  right: 20 * mm,
  top: 22 * mm,
  bottom: 20 * mm,
  foot: 27 * mm,
};
export const head = { x: page.left, y: 18 * mm, width: 62 * mm };
/** Below all that the window may show. */
export const dateAt = { x: addressBox.x, y: 95 * mm };
export const bodyAt = 106 * mm;
/** Of a code that a phone reads from a hand's breadth away (ISO/IEC 18004: quiet zone of four modules, drawn around). */
export const codeSize = 20 * mm;

/** The width that text has on a page, and where A4 ends. */
export const sheet = { width: 595.28, height: 841.89 };
export const measure = sheet.width - page.left - page.right;
