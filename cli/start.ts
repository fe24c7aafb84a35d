import { serve } from '../server/serve.ts';

/** `entregent start`: the whole product, until it is told to stop. */
export async function run(args: string[]): Promise<number> {
  await serve(args);
  return 0;
}
