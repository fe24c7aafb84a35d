import { AppError } from '../kernel/errors.ts';
/** Of a browser's own words (`User-Agent`), what people recognise; null where it names nothing we know. */
export interface Device {
  browser: string | null;
  system: string | null;
}

// The order counts: most browsers also name those they descend from.
const browsers: readonly [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|Opera|OPT)\//, 'Opera'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\bHeadlessChrome\//, 'Chrome'],
  [/\b(?:Chrome|CriOS)\//, 'Chrome'],
  [/\bVersion\/\S+ .*\bSafari\//, 'Safari'],
];
const systems: readonly [RegExp, string][] = [
  [/\biPad\b/, 'iPadOS'],
  [/\biPhone\b|\biPod\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
];

export function recogniseDevice(userAgent: string): Device {
  const first = (known: readonly [RegExp, string][]) => known.find(([mark]) => mark.test(userAgent))?.[1] ?? null;
  return { browser: first(browsers), system: first(systems) };
}

/** @throws AppError conflict when a name is taken */
export function unique(error: unknown): never {
  if ((error as { code?: string }).code === '23505') throw new AppError('conflict', { fields: { name: 'taken' } });
  throw error;
}
