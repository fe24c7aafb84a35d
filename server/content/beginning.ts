import type { Context } from '../kernel/http.ts';
import type { Said } from './blocks-contract.ts';
import { checkAudience } from './describing.ts';
import * as queries from './queries.ts';

/** What begins a content that another module brings along. */
interface Beginning {
  name: string;
  said: Said;
}

/** Adds a content of the caller's that everybody in the company sees. @returns its id @throws AppError forbidden for who does not address contacts for the company */
export async function beginContent(context: Context, { name, said }: Beginning): Promise<string> {
  const audience_id = await checkAudience(context, { kind: 'workspace' });
  return queries.addContent(context.tx, context.actor, { name, kind: 'email', audience_id, said });
}
