import type { FieldClass } from '../delegation/field-classes.ts';
import type { FieldKind } from './contract.ts';

interface Labelled {
  type?: string | undefined;
  place?: string | undefined;
}

function phoneClass({ type, place }: Labelled): FieldClass {
  if (type === 'mobile')
    return place === 'work' ? 'mobileWork' : place === 'home' ? 'phonePrivate' : 'mobileUnlabelled';
  if (place === 'work' || type === 'main') return 'phoneWork';
  return place === 'home' ? 'phonePrivate' : 'phoneUnlabelled';
}

const socialTypes = /linkedin|twitter|facebook|instagram|mastodon|bluesky|xing|github|skype|whatsapp|telegram|signal/i;

/** The class of a value, from its kind and labels. An address without label counts as private. */
export function classOf(kind: FieldKind, value: object): FieldClass {
  const labelled = value as Labelled;
  switch (kind) {
    case 'email':
      return labelled.type === 'work' ? 'emailWork' : labelled.type === 'home' ? 'emailPrivate' : 'emailUnlabelled';
    case 'phone':
      return phoneClass(labelled);
    case 'address':
      return labelled.type === 'work' ? 'addressWork' : 'addressPrivate';
    case 'url':
      return socialTypes.test(labelled.type ?? '') ? 'social' : 'url';
    default:
      return kind;
  }
}
