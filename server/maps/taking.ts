import { findUsedCards } from '../cards/persons.ts';
import { recordUses } from '../delegation/ledger.ts';
import type { OutsideContext } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { gatherPersons } from './gathering.ts';

/**
 * Who of these persons may be named on a drawing that is taken along as a file: those who look the same, by name and title, to somebody who may take
 * along only. Their holders hear of it. Who is seen no more, or lent for reading, is left out.
 */
export async function takePeople({ app, actor }: OutsideContext, personIds: readonly string[]): Promise<string[]> {
  const read = await app.db.asActor(actor, (tx) => gatherPersons({ tx, actor }, personIds));
  const shown = new Map(read.map((one) => [one.id, `${one.name}\n${one.title}`]));
  return app.db.asActor(
    actor,
    async (tx) => {
      const same = (await gatherPersons({ tx, actor }, [...shown.keys()])).filter(
        ({ id, name, title }) => shown.get(id) === `${name}\n${title}`,
      );
      const cards = await findUsedCards(
        tx,
        actor,
        same.flatMap(({ cardIds }) => cardIds),
      );
      await recordUses(tx, actor, 'exported', cards, { together: newId() });
      return same.map(({ id }) => id);
    },
    'export',
  );
}
