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
    const [g, f] = [population.value(card, given), population.value(card, family)];
    const name = g < 0 || f < 0 ? 0 : mixEither(names.values[g]!.hash, names.values[f]!.hash);
    for (const id of population.list(card, emails)) join(card, mix(mix(name, 1), id));
    for (const id of population.list(card, phones)) join(card, mix(mix(name, 2), id));
    for (let at = 0; at < population.further.length; at++) {
      const { field, column } = population.further[at]!;
      const id = population.value(card, column);
      if (id >= 0 && (field.kind === 'date' || field.kind === 'identifier')) join(card, mix(mix(name, 5 + at), id));
    }
    const [company, way] = [population.value(card, organization), population.value(card, street)];
    if (company >= 0) join(card, mix(mix(name, 3), company));
    if (way >= 0) join(card, mix(mix(name, 4), way));
  }
  for (let card = 0; card < population.size; card++) root[card] = find(root, card);
  return root;
}
