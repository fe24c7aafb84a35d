import { element, type XmlElement } from './xml.ts';

/** An answer in WebDAV's own format (RFC 4918, 16): a status and, where the RFCs name one, the condition that was not met. */
export class DavError extends Error {
  override name = 'DavError';
  readonly status: number;
  readonly condition: XmlElement | undefined;
  constructor(status: number, condition?: XmlElement) {
    super(`${status}`);
    this.status = status;
    this.condition = condition;
  }
}

export const noSuchResource = (): DavError => new DavError(404);
/** @param name an element of `DAV:` or, with "C:", of CardDAV */
export const unmet = (status: number, name: string, ...children: (XmlElement | string)[]): DavError =>
  new DavError(status, element(name, children));
