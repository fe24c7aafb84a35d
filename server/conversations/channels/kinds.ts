import type { AnyChannel } from './channel.ts';
import { chat } from './local.ts';

/** All kinds of channel there are. */
export const channels: readonly AnyChannel[] = [chat];
