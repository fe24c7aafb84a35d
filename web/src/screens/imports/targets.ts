import { t, told } from '../../i18n.ts';

/** What a column may hold, in the order people look for it. Numbered ones (`phone.2`) describe one value together. */
const targets = (
  'ignore full given family additional prefix suffix nickname organization department title email phone phoneType ' +
  'street postcode city region country address url birthday note category uid revision consent'
).split(' ');

/** "Phone", "Phone 2": the target's name for people. A target without a name of ours keeps its own. */
export function targetName(target: string): string {
  const [base = target, rank] = target.split('.');
  const name = told(`imports.target.${base}`) ?? base;
  return rank === undefined || rank === '1' ? name : t('imports.target.ranked', { name, rank });
}

/** All targets, and the one in use if it is none of the plain ones. */
export function targetChoices(inUse: string): { value: string; label: string }[] {
  const all = targets.includes(inUse) ? targets : [...targets, inUse];
  return all.map((value) => ({ value, label: targetName(value) }));
}
