import { isFreeMail, isSharedMailbox } from '../formats/normalise/email.ts';
import { fold } from '../formats/normalise/fold.ts';
import type { VisibleCard } from './compose.ts';
import type { FieldKind } from './contract.ts';
import { domainsOf } from './employments.ts';

type Fields = VisibleCard['fields'];

const of = (fields: Fields, kind: FieldKind) => fields.filter((field) => field.kind === kind);
const textOf = (value: unknown): string => (typeof value === 'string' ? fold(value) : '');
const addressOf = (value: Record<string, unknown>) => String(value.normalised ?? '');
const pointOf = ({ contactPointId }: Fields[number]) => contactPointId;

/** What identifies a card by itself, or with its name: two cards that show the same are told so. */
const shown = {
  email: (fields: Fields) =>
    of(fields, 'email')
      .filter(({ value }) => !isSharedMailbox(addressOf(value)))
      .map(pointOf),
  phone: (fields: Fields) => of(fields, 'phone').map(pointOf),
  domain: (fields: Fields) => domainsOf(fields).filter((domain) => !isFreeMail(domain)),
  address: (fields: Fields) =>
    of(fields, 'address').map(({ value }) => value.street && `${textOf(value.street)} ${textOf(value.city)}`),
  city: (fields: Fields) => of(fields, 'address').map(({ value }) => textOf(value.city)),
  url: (fields: Fields) => of(fields, 'url').map(({ value }) => textOf(value.value)),
  extra: (fields: Fields) => of(fields, 'extra').map(({ value }) => textOf(value.value)),
};

/**
 * What joins two cards, in the codes of `contacts.evidence.*`, as far as the viewer may know: of values of which a card holds several, some
 * hidden, only what both cards show is asked, not what the link was made of (`matching/hunt/kind-index.ts`). Else what is told of a link would
 * tell which guess of a hidden one was right.
 *
 * @param known the codes of the link
 */
export function shownEvidence(known: readonly string[], a: VisibleCard, b: VisibleCard): string[] {
  const share = (what: keyof typeof shown): boolean => {
    const there = new Set(shown[what](a.fields).filter(Boolean));
    return shown[what](b.fields).some((one) => there.has(one));
  };
  const both = (kind: FieldKind): boolean => [a, b].every((card) => of(card.fields, kind).length > 0);
  const is = (code: string) => known.includes(code);
  const codes: string[] = [];
  const tell = (code: string, holds: boolean) => {
    if (holds) codes.push(code);
  };
  tell('email', share('email'));
  tell('phone', share('phone'));
  tell('domain', a.kind === 'organization' && share('domain'));
  tell('identifier', is('identifier') && share(a.kind === 'person' ? 'url' : 'extra'));
  if (is('name')) {
    const employer = (is('name_organization') && both('organization')) || (!share('email') && share('domain'));
    tell('name_organization', a.kind === 'person' && employer);
    tell('name_birthday', is('name_birthday') && both('birthday'));
    tell(share('address') ? 'name_address' : 'name_city', share('city'));
    tell('name', codes.length === 0);
  }
  const said = ['edited', 'verdict'].filter(is);
  return codes.length + said.length > 0 ? [...said, ...codes].sort() : ['details'];
}
