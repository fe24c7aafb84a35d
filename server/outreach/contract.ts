import { z } from 'zod';

/**
 * Mail to members that passes no gate, because it is about their own account, requests and contacts: a closed list, shown with
 * each one's reason in Settings → Mail (`mail.toMembers.<kind>` in the catalogues).
 */
export const memberMailKinds = ['test', 'digest', 'request', 'reminder', 'account'] as const;
export const memberMailKind = z.enum(memberMailKinds);
export type MemberMailKind = z.output<typeof memberMailKind>;
