/**
 * A value that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection). A phone number in
 * E.164 ("+33 6 …") is no formula and stays as it is.
 */
export function escapeFormula(value: string): string {
  if (/^\+[\d\s().-]{5,}$/.test(value)) return value;
  return /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
}

/** One line of CSV (RFC 4180), formulas escaped. */
export function writeCsvRow(cells: readonly string[]): string {
  const quoted = cells.map((cell) => {
    const safe = escapeFormula(cell);
    return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  });
  return `${quoted.join(',')}\r\n`;
}
