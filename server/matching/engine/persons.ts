import { find } from './cluster.ts';
import { mix, mixEither } from './hash.ts';
import type { Population } from './population.ts';

/**
 * A first, careful answer to who is one person: equal full names with an equal address, number, employer or date. It serves to
 * count how many persons hold a value; counting cards would take what one person's cards repeat for common.
 *
 * @returns for every card the smallest card of its person
 */
export function firstPersons(population: Population): Int32Array {
  const root = new Int32Array(population.size).map((_, card) => card);
  const holder = new Map<number, number>();
  const join = (card: number, key: number): void => {
    const known = holder.get(key);
    if (known === undefined) holder.set(key, card);
    else {
      const [one, other] = [find(root, known), find(root, card)];
      root[Math.max(one, other)] = Math.min(one, other);
    }
  };
  const { names, given, family, emails, phones, organization, street } = population;
  for (let card = 0; card < population.size; card++) {
    const [g, f] = [given.ids.array[card]!, family.ids.array[card]!];
    const name = g < 0 || f < 0 ? 0 : mixEither(names.values[g]!.hash, names.values[f]!.hash);
    for (let at = emails.starts.array[card]!; at < emails.starts.array[card + 1]!; at++)
      join(card, mix(mix(name, 1), emails.ids.array[at]!));
    for (let at = phones.starts.array[card]!; at < phones.starts.array[card + 1]!; at++)
      join(card, mix(mix(name, 2), phones.ids.array[at]!));
    for (let at = 0; at < population.further.length; at++) {
      const { field, column } = population.further[at]!;
      const id = column.ids.array[card]!;
      if (id >= 0 && (field.kind === 'date' || field.kind === 'identifier')) join(card, mix(mix(name, 5 + at), id));
    }
    if (organization.ids.array[card]! >= 0) join(card, mix(mix(name, 3), organization.ids.array[card]!));
    if (street.ids.array[card]! >= 0) join(card, mix(mix(name, 4), street.ids.array[card]!));
  }
  for (let card = 0; card < population.size; card++) root[card] = find(root, card);
  return root;
}

/** A hash of all that a card says: cards with one signature are twins. */
export function signature(population: Population, card: number): string {
  const parts: number[] = [];
  for (const { ids } of [
    population.given,
    population.family,
    population.organization,
    population.street,
    population.postcode,
    population.city,
  ])
    parts.push(ids.array[card]!);
  for (const { starts, ids } of [population.emails, population.phones])
    parts.push(-2, ...ids.array.subarray(starts.array[card], starts.array[card + 1]));
  for (const { column } of population.further) parts.push(column.ids.array[card]!);
  return parts.join();
}
