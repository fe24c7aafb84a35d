import { signIn } from '../../identity/accounts.ts';

export const tone = signIn;
