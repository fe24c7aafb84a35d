import type { Difference, Viewpoint } from '../../../../server/relations/contract.ts';
import { t } from '../../i18n.ts';

/** What can be said of somebody beside their roles, each with its values from little to much. */
export const scales = {
  importance: [1, 2, 3, 4, 5],
  influence: [1, 2, 3, 4, 5],
  stance: [-2, -1, 0, 1, 2],
  closeness: [0, 1, 2, 3, 4],
} as const;
export type Scale = keyof typeof scales;

/** Negative numbers are no names of a choice in ICU messages: a stance goes by letters. */
const letters = ['a', 'b', 'c', 'd', 'e'];

export const scaleWord = (of: Scale, value: number | null): string =>
  t('relations.scale', {
    of,
    value: value === null ? 'none' : of === 'stance' ? letters[value + 2]! : String(value),
  });

export const callableWord = (callable: boolean | null): string =>
  t('relations.scale', { of: 'callable', value: callable === null ? 'none' : callable ? 'yes' : 'no' });

/** What a viewpoint says of one thing, in words; empty where it says nothing. */
export function wordOf(viewpoint: Viewpoint, key: Difference): string {
  if (key === 'roles') return viewpoint.roles.map((role) => t(`relations.role.${role}`)).join(', ');
  if (key === 'callable') return viewpoint.callable === null ? '' : callableWord(viewpoint.callable);
  return viewpoint[key] === null ? '' : scaleWord(key, viewpoint[key]);
}

export const told: readonly Difference[] = ['roles', 'importance', 'influence', 'stance', 'closeness', 'callable'];
