import type { Bond, FoundPath, Place } from '../../../../server/relations/paths-contract.ts';
import { t } from '../../i18n.ts';

export const nameOf = (place: Place): string =>
  place.kind === 'me' ? t('network.me') : place.name || t('contacts.nameless');

/** What a tie rests on, as part of a sentence: "mail and meetings". */
export function groundsInWords(grounds: readonly string[]): string {
  const words = grounds.map((ground) => t(`network.ground.${ground as 'held'}`));
  return new Intl.ListFormat(document.documentElement.lang, { type: 'conjunction' }).format(words);
}

/** How well, in words: strong, good, weak. */
export const bandWord = (band: Bond['band']): string => t(`network.band.${band}`);

/** A card and nothing more: how well its holder knows the person is not said. */
export const isUnsaid = (grounds: readonly string[]): boolean => grounds.every((ground) => ground === 'held');

/** How well, as far as it is said: of a colleague who lends a card and says no more, nothing is known. */
export const bondBand = (bond: Bond, from: Place): string =>
  bond.by === 'card' && from.kind === 'member' && isUnsaid(bond.grounds)
    ? t('network.band.unsaid')
    : bandWord(bond.band);

/** What joins two places of a path, in one sentence. */
export function bondInWords(bond: Bond, from: Place, to: Place): string {
  const names = { from: nameOf(from), to: nameOf(to), band: bandWord(bond.band), mine: String(from.kind === 'me') };
  switch (bond.by) {
    case 'team':
    case 'company':
      return t(`network.bond.${bond.by}`, names);
    case 'card':
      if (from.kind === 'member' && isUnsaid(bond.grounds)) return t('network.bond.cardUnsaid', names);
      return t('network.bond.card', { ...names, grounds: groundsInWords(bond.grounds) });
    case 'group':
      return t('network.bond.group', { ...names, group: bond.name });
    case 'organization':
      return t('network.bond.organization', { ...names, people: bond.people });
    case 'tie': {
      const [one, other] = bond.forward ? [names.from, names.to] : [names.to, names.from];
      return t(`network.bond.tie.${bond.kind}`, { one, other, author: bond.author.name });
    }
  }
}

/** A path in one sentence, for those who hear it: "You, Bob, Irene". */
export const pathInWords = (path: FoundPath): string => path.places.map(nameOf).join(' → ');
