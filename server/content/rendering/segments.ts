// How long an SMS is, as networks count it.

/** The default alphabet of 7 bits (3GPP TS 23.038, 6.2.1), without its escape. */
const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Its extension (6.2.1.1): each takes an escape, and so two places. */
const extended = new Set('\f^{}\\[~]|€');

/** Units in an SMS alone, and in each of several, whose header takes 6 octets (3GPP TS 23.040, 9.2.3.24.1). */
const room = { gsm: { alone: 160, each: 153 }, ucs2: { alone: 70, each: 67 } } as const;

export interface SmsCount {
  alphabet: 'gsm' | 'ucs2';
  /** Of 7 or of 16 bits. */
  units: number;
  segments: number;
  /** Units that are left in the last segment. */
  left: number;
  /** Signs that the 7-bit alphabet has not, each once. */
  outside: string[];
}

/** Counts a text as networks do: a sign of two units stands whole in one segment. */
export function countSms(text: string): SmsCount {
  const signs = [...text];
  const outside = [...new Set(signs.filter((sign) => !basic.has(sign) && !extended.has(sign)))];
  const alphabet = outside.length === 0 ? 'gsm' : 'ucs2';
  const lengths = signs.map((sign) => (alphabet === 'ucs2' ? sign.length : basic.has(sign) ? 1 : 2));
  const units = lengths.reduce((sum, one) => sum + one, 0);
  const { alone, each } = room[alphabet];
  if (units <= alone) return { alphabet, units, segments: 1, left: alone - units, outside };
  let segments = 1;
  let filled = 0;
  for (const length of lengths) {
    if (filled + length > each) {
      segments++;
      filled = 0;
    }
    filled += length;
  }
  return { alphabet, units, segments, left: each - filled, outside };
}
