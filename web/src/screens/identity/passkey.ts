import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import { addPasskey, signInByPasskey, startPasskey, startPasskeySignIn } from '../../../../server/identity/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { lastWorkspace } from '../../session.ts';
import { say } from '../../ui/undo.tsx';

/** Browsers offer passkeys under HTTPS and on localhost, and only for the host they were made for. */
export function passkeysWork(host: string | null | undefined): boolean {
  return host === location.hostname && window.isSecureContext && 'PublicKeyCredential' in window;
}

const library = () => import('@simplewebauthn/browser');

/** The browser tells apart neither a person who declined nor a device that has nothing fitting. */
async function unlessDeclined<T>(ask: Promise<T>): Promise<T | null> {
  return ask.catch(() => {
    say(t('identity.passkey.declined'));
    return null;
  });
}

/** @returns null when no passkey was given */
export async function openByPasskey(): Promise<Output<typeof signInByPasskey> | null> {
  const { options } = await call(startPasskeySignIn, {});
  const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON;
  const { startAuthentication } = await library();
  const answer = await unlessDeclined(startAuthentication({ optionsJSON }));
  return (
    answer && call(signInByPasskey, { answer: { ...answer, response: { ...answer.response } }, ...lastWorkspace() })
  );
}

/** @returns null when the browser made none */
export async function makePasskey(name: string, password: string): Promise<Output<typeof addPasskey> | null> {
  const { options } = await call(startPasskey, { password });
  const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON;
  const { startRegistration } = await library();
  const answer = await unlessDeclined(startRegistration({ optionsJSON }));
  return answer && call(addPasskey, { name, answer: { ...answer, response: { ...answer.response } } });
}
