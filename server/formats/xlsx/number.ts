/** How a number cell is shown, from its number format (ECMA-376 part 1, 18.8.30 and 18.8.31). */
export type NumberStyle = { kind: 'plain' } | { kind: 'date'; time: boolean } | { kind: 'digits'; format: string };

const PLAIN: NumberStyle = { kind: 'plain' };

/** @param code the custom format's code, for ids from 164 on */
export function numberStyle(id: number, code: string | undefined): NumberStyle {
  if ((id >= 14 && id <= 17) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58)) return { kind: 'date', time: false };
  if (id === 22) return { kind: 'date', time: true };
  if (!code) return PLAIN;
  const bare = code.replace(/"[^"]*"|\\.|\[[^\]]*\]|_./g, '');
  if (/[dy]/i.test(bare) && !/general|standard/i.test(bare)) return { kind: 'date', time: /h/i.test(bare) };
  if (/^[0#?\s().;+\-/]*$/.test(bare) && !bare.includes('.0') && /[0#].*[0#]/.test(bare))
    return { kind: 'digits', format: code };
  return PLAIN;
}

/** A number as the sheet shows it: dates as ISO 8601, phone numbers and postcodes with their leading zeros. */
export function showNumber(raw: string, style: NumberStyle, date1904: boolean): string {
  const value = Number(raw);
  if (!Number.isFinite(value) || raw.trim() === '') return raw;
  if (style.kind === 'date') return showDate(value, style.time, date1904) ?? plain(value);
  if (style.kind === 'digits' && Number.isInteger(value) && value >= 0) return showDigits(value, style.format);
  return plain(value);
}

/** Without exponent, and without the noise of binary fractions (Excel keeps 15 digits). */
function plain(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  return String(Number(value.toPrecision(15)));
}

/** Serial day numbers count from 1899-12-30 (the invented 29 February 1900 included), or from 1904. */
function showDate(serial: number, time: boolean, date1904: boolean): string | undefined {
  const days = date1904 ? serial + 1462 : serial;
  if (days < 61 || days > 2_958_466) return undefined;
  const iso = new Date(Math.round((days - 25_569) * 86_400) * 1000).toISOString();
  return time && days % 1 !== 0 ? iso.slice(0, 19) : iso.slice(0, 10);
}

/** Fills placeholders from the right: 612345678 in `0#" "##" "##" "##" "##` is "06 12 34 56 78". */
function showDigits(value: number, format: string): string {
  const section = sectionFor(value, format);
  const tokens = [...section.matchAll(/"([^"]*)"|\\(.)|\[[^\]]*\]|_.|([0#?])|([\s().+\-/])/g)];
  let digits = BigInt(value).toString();
  const first = tokens.findIndex((token) => token[3]);
  let text = '';
  for (let index = tokens.length - 1; index >= 0; index--) {
    const token = tokens[index]!;
    if (!token[3]) {
      const literal = token[1] ?? token[2] ?? token[4] ?? '';
      if (digits !== '' || index < first || restPads(tokens, index)) text = literal + text;
      continue;
    }
    const digit = index === first ? digits : digits.slice(-1);
    digits = index === first ? '' : digits.slice(0, -1);
    text = (digit || (token[3] === '0' ? '0' : '')) + text;
  }
  return text.trim();
}

function restPads(tokens: RegExpMatchArray[], index: number): boolean {
  return tokens.slice(0, index).some((token) => token[3] === '0');
}

function sectionFor(value: number, format: string): string {
  const sections = format.split(';');
  for (const section of sections) {
    const condition = /\[(<=|>=|<|>|=)(\d+)\]/.exec(section);
    if (condition && holds(value, condition[1]!, Number(condition[2]))) return section;
  }
  return sections.find((section) => !/\[[<>=]/.test(section)) ?? format;
}

function holds(value: number, operator: string, limit: number): boolean {
  if (operator === '=') return value === limit;
  if (operator === '<') return value < limit;
  if (operator === '>') return value > limit;
  return operator === '<=' ? value <= limit : value >= limit;
}
