import { t, told } from '../../i18n.ts';

/**
 * What a column may hold, in the order people look for it. A target reads `field[.number][:qualifier,…]`; numbers tie
 * columns that describe one value (`phone.2`, `phoneType.2`). A target in use that is not listed here stays choosable.
 */
const targets = (
  'ignore full given family additional prefix suffix nickname organization department title ' +
  'email email:work email:home phone phone:mobile phone:work phone:home phone:fax phoneType emailType ' +
  'street extended pobox postcode city region country formatted addressType url url:linkedin urlType ' +
  'birthday note category uid revision kind optIn optOut optInTime subscription'
).split(' ');

/** "Phone 2 (mobile)": the target's name for people. */
function targetName(target: string): string {
  const [, field = target, rank, qualifiers = ''] = /^(\w+)(?:\.(\d+))?(?::(.+))?$/.exec(target) ?? [];
  const name = told(`imports.target.${field}`) ?? field;
  const ranked = rank === undefined || rank === '0' || rank === '1' ? name : t('imports.target.ranked', { name, rank });
  const words = qualifiers
    .split(',')
    .flatMap((word) => (word === '' ? [] : [told(`imports.qualifier.${word}`) ?? word]));
  return words.length === 0 ? ranked : t('imports.target.qualified', { name: ranked, words: words.join(', ') });
}

interface Attribute {
  key: string;
  name: string;
}

/** All targets, attributes by their names, and the one in use if it is none of these. */
export function targetChoices(inUse: string, attributes: readonly Attribute[]) {
  const own = attributes.map(({ key, name }) => ({ value: `attribute:${key}`, label: name }));
  const listed = targets.includes(inUse) || own.some(({ value }) => value === inUse);
  const plain = (listed ? targets : [...targets, inUse]).map((value) => ({ value, label: targetName(value) }));
  if (own.length === 0) return plain;
  return [
    { group: t('imports.mapping.fields'), items: plain },
    { group: t('imports.mapping.attributes'), items: own },
  ];
}
