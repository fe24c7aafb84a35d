/**
 * What every reader gives and every writer takes: one contact as ONE source holds it.
 *
 * The shape is that of `entregent read --json`. Lists are always present, absent values are left out. A value is kept as the
 * source wrote it (`raw`, `value`); what normalisation found stands beside it and never replaces it.
 */

/** vCard's spelling (RFC 6350, 6.1.4, `KIND`). */
export type ContactKind = 'person' | 'organization';

/**
 * Where a contact point belongs, in our words. `undefined` means that the source did not say.
 * A number may be several things at once (a professional mobile): the place and the device are told apart.
 */
export type Place = 'work' | 'home' | 'other';

export interface ContactName {
  /** As it is shown; made from the parts when the source has none. */
  full?: string;
  given?: string;
  /** Second and further first names. */
  additional?: string;
  /** With its particles: "de La Tour". */
  family?: string;
  /** Civility or title: "Mme", "Dr. med.". */
  prefix?: string;
  suffix?: string;
  nickname?: string;
}

export interface ContactEmail {
  value: string;
  /** Lower-cased and trimmed, domain in ASCII; absent when the value is no e-mail address. */
  normalised?: string;
  type?: Place;
  /** The source's own label, where it is not one of the standard ones ("Assistante"). */
  label?: string;
  preferred?: boolean;
}

export interface ContactPhone {
  raw: string;
  /** E.164 without extension, or null when the value cannot be a number of any country. */
  e164: string | null;
  extension?: string;
  type?: PhoneType;
  place?: Place;
  label?: string;
  preferred?: boolean;
}

export type PhoneType = 'mobile' | 'landline' | 'fax' | 'pager' | 'voip' | 'main' | 'other';

export interface ContactAddress {
  /** All lines as the source gave them, joined by line breaks. */
  raw: string;
  street?: string;
  postcode?: string;
  city?: string;
  region?: string;
  country?: string;
  /** ISO 3166-1 alpha-2, when the country is known. */
  countryCode?: string;
  type?: Place;
  label?: string;
}

export interface ContactUrl {
  value: string;
  /** "linkedin", "homepage", "twitter", "work"…; absent when unknown. */
  type?: string;
}

export interface ContactPhoto {
  /** Media type, e.g. "image/jpeg". */
  type: string;
  /** Octets, decoded. */
  size: number;
  /** Absent for a photo that is only linked, and in JSON output. */
  data?: Uint8Array;
  /** Where the photo is, for a linked one. It is never fetched. */
  url?: string;
}

/** A consent or objection the file itself states (Mailchimp's OPTIN, HubSpot's opt-out, Salesforce's HasOptedOutOfEmail). */
export interface ContactConsent {
  channel: 'email' | 'phone' | 'post' | 'any';
  state: 'given' | 'objected' | 'unknown';
  /** ISO date or date-time, when the file says so. */
  since?: string;
  /** The column and value that say it. */
  evidence: string;
}

/** A property or column the typed model has no place for, as the source wrote it. */
export interface ExtraValue {
  /** Column header or property name, with group and parameters where there are any. */
  name: string;
  value: string;
}

/** Something the reader noticed; the contact is kept all the same. */
interface Warning {
  /** Stable, e.g. "email.invalid", "date.invalid", "charset.guessed". Messages stand in the catalogues under `warning.<code>`. */
  code: string;
  /** The offending piece, shortened to 200 characters. */
  detail?: string;
}

export interface Contact {
  kind: ContactKind;
  /** The source's own identifier: vCard UID, Google resource name, the id column, the LinkedIn profile URL. */
  uid?: string;
  name: ContactName;
  emails: ContactEmail[];
  phones: ContactPhone[];
  /** The company as one string, department left out. */
  organization?: string;
  department?: string;
  title?: string;
  addresses: ContactAddress[];
  urls: ContactUrl[];
  /** `YYYY-MM-DD`, or `--MM-DD` when the year is unknown (RFC 6350, 4.3.1). */
  birthday?: string;
  note?: string;
  categories: string[];
  photo?: ContactPhoto;
  consent?: ContactConsent[];
  /** When the source says it last changed this contact (vCard REV, "Last Modified"), ISO 8601. */
  revision?: string;
  /** Cells of columns that are meant for attributes of the dictionary: what they may hold, this codec does not know. */
  attributes?: { key: string; header: string; value: string }[];
  extra: ExtraValue[];
  warnings: Warning[];
  /** This contact's own octets: the slice of the vCard, the row with its header, the head and signature of the mail. */
  original: { mediaType: string; data: Uint8Array };
}

/** What kind of file it is, as detected from its octets; the extension is only a hint. */
export type FileFormat = 'vcard' | 'csv' | 'xlsx' | 'eml' | 'mbox';

/**
 * What a table's column holds. `ignore` keeps the value as extra. Paths with a number belong together:
 * `phone.2` and `phoneType.2` describe one number.
 */
export interface ColumnMapping {
  /** Header as the file writes it, or "" for a table without header. */
  header: string;
  /** Position from 0. */
  column: number;
  /** e.g. "given", "family", "full", "email", "phone", "organization", "title", "street", "ignore"; see `columns.ts`. */
  target: string;
  /** How sure the guess is, 0 to 1, and why, for the preview. */
  confidence: number;
  reason: 'layout' | 'header' | 'values' | 'user' | 'none';
}

/** A file recognised, before its contacts are read. */
export interface Recognised {
  format: FileFormat;
  /** Which product wrote it, e.g. "google", "outlook", "linkedin", "thunderbird"; "unknown" otherwise. */
  layout: string;
  /** IANA name of the charset the text was decoded from. */
  charset?: string;
  delimiter?: string;
  /** Only tables: sheet, header row (0-based), mapping. */
  sheets?: { name: string; headerRow: number | null; mapping: ColumnMapping[] }[];
}

/** A file that is no contacts file, is damaged, or goes beyond a limit. Nothing of it is imported. */
export class UnreadableFile extends Error {
  override name = 'UnreadableFile';
  readonly code: UnreadableCode;
  /** For the message's blanks: sizes, limits, what was found instead. Never personal data. */
  readonly details: Record<string, string | number>;
  constructor(code: UnreadableCode, details: Record<string, string | number> = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
}

/** Messages stand in the catalogues under `unreadable.<code>`. */
export type UnreadableCode =
  | 'empty'
  | 'binary'
  | 'no_contacts'
  | 'calendar'
  | 'invoice'
  | 'messages'
  | 'events'
  | 'truncated'
  | 'encrypted'
  | 'too_large'
  | 'too_many_columns'
  | 'zip_bomb'
  | 'damaged';

/** How a file is to be read. */
export interface ReadOptions {
  /** Default country for phones without prefix, ISO 3166-1 alpha-2. */
  country: string;
  /** The file's name: a hint for the format, never trusted. */
  fileName?: string;
  /** Mapping corrected by the user, per sheet; only tables. */
  mapping?: Record<string, ColumnMapping[]>;
  /** Give `photo.data` and `original` (an import needs them; a count or `read` does not). Default true. */
  octets?: boolean;
}
