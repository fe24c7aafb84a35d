/** What RFC 7644 (3.12) calls the kinds of a bad request or conflict. */
type ScimType = 'invalidFilter' | 'uniqueness' | 'invalidSyntax' | 'invalidPath' | 'invalidValue' | 'mutability';

/** An answer in SCIM's own format. */
export class ScimError extends Error {
  readonly status: number;
  readonly scimType: ScimType | undefined;
  /** @param detail for the directory's administrator, in English as all of SCIM */
  constructor(status: number, detail: string, scimType?: ScimType) {
    super(detail);
    this.status = status;
    this.scimType = scimType;
  }
}

export const noSuch = (): ScimError => new ScimError(404, 'There is no such resource.');
