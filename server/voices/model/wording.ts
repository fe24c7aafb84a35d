import { Trouble } from '../../connectors/connector.ts';
import type { OutsideContext } from '../../kernel/http.ts';
import { askFor } from './asking.ts';
import { countAsked, findKey, findModel, noteProblem } from './queries.ts';

/** Seconds that somebody waits for words. */
const patience = 40;

/** What was read of a model's answer; or why there is none: it is not switched on for that, today's are used up, or what it would not do. */
type Worded<T> = { said: T } | { problem: 'off' | 'used_up' | Trouble['code'] };

/**
 * Asks the model that the company has chosen for words, where an admin lets it propose some. It is counted before it leaves, with the messages that are
 * read by it; no transaction is held while it thinks.
 * @param bodyOf what leaves, by the name of the model @param read what it answers; undefined: nothing that can be used
 */
export async function askForWords<T>(
  { app, actor: { workspaceId }, asSystem }: OutsideContext,
  bodyOf: (model: string) => string,
  read: (answer: unknown) => T | undefined,
): Promise<Worded<T>> {
  const ready = await asSystem('keeper', async (tx) => {
    const model = await findModel(tx, workspaceId);
    if (model?.state !== 'working' || !model.suggests) return 'off' as const;
    if (!(await countAsked(tx, workspaceId))) return 'used_up' as const;
    const sealed = await findKey(tx, workspaceId);
    return { url: model.url, name: model.name, key: sealed ? app.secrets.decrypt(sealed).toString() : '' };
  });
  if (typeof ready === 'string') return { problem: ready };
  let worded: Worded<T>;
  try {
    worded = { said: await askFor(app, ready, bodyOf(ready.name), read, { seconds: patience }) };
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    worded = { problem: error.code };
  }
  await asSystem('keeper', (tx) => noteProblem(tx, workspaceId, 'problem' in worded ? worded.problem : null));
  return worded;
}
