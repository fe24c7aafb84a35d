import type { DestinationKind } from './contract.ts';
import type { AnyKind } from './kind.ts';
import { brevo } from './kinds/brevo.ts';
import { carddav } from './kinds/carddav.ts';
import { http } from './kinds/http.ts';
import { mailchimp } from './kinds/mailchimp.ts';
import { s3 } from './kinds/s3.ts';
import { sftp } from './kinds/sftp.ts';

const all: Record<DestinationKind, AnyKind> = { http, sftp, s3, carddav, brevo, mailchimp };

export const kindOf = (kind: DestinationKind): AnyKind => all[kind];
