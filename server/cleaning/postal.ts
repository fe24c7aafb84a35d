import { fold } from '../formats/normalise/fold.ts';

/** An address as cards hold it. */
export interface Address {
  raw?: string;
  street?: string;
  postcode?: string;
  city?: string;
  region?: string;
  country?: string;
  countryCode?: string;
}

/** Signs of a line (NF Z10-011, La Poste). */
const mostPerLine = 38;

/**
 * A line in capitals without accents and punctuation: NF Z10-011 lets in A to Z, digits and blanks. What stands between digits ("12/14", "3-5") is
 * part of the number, and stays.
 */
export function postalLine(text: string): string {
  return fold(text)
    .toUpperCase()
    .replaceAll(/(?<=\d)\s*([/-])\s*(?=\d)/g, '$1')
    .replaceAll(/(?<!\d)[/-]|[/-](?!\d)/g, ' ')
    .replaceAll(/[^\p{L}\p{N}/\s-]/gu, ' ')
    .replaceAll(/[^\S\n]+/g, ' ')
    .trim();
}

/** Whether it is one of France: said so, or by its postcode where no country is said and the member writes from there. */
export function isFrench({ countryCode, country, postcode }: Address, home: string): boolean {
  if (countryCode) return countryCode.toUpperCase() === 'FR';
  if (country) return fold(country) === 'france';
  return home === 'FR' && /^\d{2} ?\d{3}$/.test(postcode?.trim() ?? '');
}

/**
 * A French address as NF Z10-011 writes it: from the street on in capitals, one thing a line, the last line postcode and town.
 * @returns null where it cannot be done without leaving something out: a part is missing, or a line would be too long
 */
export function toPostal(address: Address): Address | null {
  const postcode = (address.postcode ?? '').replaceAll(/\s/g, '');
  const city = postalLine(address.city ?? '');
  if (!/^\d{5}$/.test(postcode) || city === '' || !address.street) return null;
  const lines = address.street.split('\n').map(postalLine).filter(Boolean);
  // A letter of another script has no capital that La Poste reads.
  if (lines.length === 0 || [...lines, city].some((line) => /[^A-Z0-9/\s-]/.test(line))) return null;
  const last = `${postcode} ${city}`;
  if ([...lines, last].some((line) => line.length > mostPerLine)) return null;
  return { ...address, street: lines.join('\n'), postcode, city, raw: [...lines, last].join('\n') };
}

const departments = `ain:01 aisne:02 allier:03 alpes-de-haute-provence:04 hautes-alpes:05 alpes-maritimes:06 ardeche:07 ardennes:08 ariege:09 aube:10
aude:11 aveyron:12 bouches-du-rhone:13 calvados:14 cantal:15 charente:16 charente-maritime:17 cher:18 correze:19 cote-d-or:21 cotes-d-armor:22
creuse:23 dordogne:24 doubs:25 drome:26 eure:27 eure-et-loir:28 finistere:29 gard:30 haute-garonne:31 gers:32 gironde:33 herault:34
ille-et-vilaine:35 indre:36 indre-et-loire:37 isere:38 jura:39 landes:40 loir-et-cher:41 loire:42 haute-loire:43 loire-atlantique:44 loiret:45
lot:46 lot-et-garonne:47 lozere:48 maine-et-loire:49 manche:50 marne:51 haute-marne:52 mayenne:53 meurthe-et-moselle:54 meuse:55 morbihan:56
moselle:57 nievre:58 nord:59 oise:60 orne:61 pas-de-calais:62 puy-de-dome:63 pyrenees-atlantiques:64 hautes-pyrenees:65
pyrenees-orientales:66 bas-rhin:67 haut-rhin:68 rhone:69 haute-saone:70 saone-et-loire:71 sarthe:72 savoie:73 haute-savoie:74 paris:75
seine-maritime:76 seine-et-marne:77 yvelines:78 deux-sevres:79 somme:80 tarn:81 tarn-et-garonne:82 var:83 vaucluse:84 vendee:85 vienne:86
haute-vienne:87 vosges:88 yonne:89 territoire-de-belfort:90 essonne:91 hauts-de-seine:92 seine-saint-denis:93 val-de-marne:94 val-d-oise:95
corse-du-sud:20 haute-corse:20 guadeloupe:971 martinique:972 guyane:973 la-reunion:974 mayotte:976`;
const codeOf = new Map(departments.split(/\s+/).map((one) => one.split(':') as [string, string]));

/** Whether what stands as region is a department in which the postcode does not lie. A region proper, or what is unknown, contradicts nothing. */
export function contradictsPostcode({ region, postcode }: Address): boolean {
  const code = (postcode ?? '').replaceAll(/\s/g, '');
  if (!/^\d{5}$/.test(code) || !region) return false;
  const said = fold(region)
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  const department = codeOf.get(said) ?? (/^(?:0[1-9]|[1-8]\d|9[0-5]|97[1-6])$/.test(said) ? said : undefined);
  return department !== undefined && !code.startsWith(department);
}
