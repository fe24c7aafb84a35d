import { addDevice, getPushKey, removeDevice } from '../../server/notices/contract.ts';
import { call } from './api.ts';

/** Under which id the server knows this browser; kept here, because only this browser knows that it is meant. */
const key = 'entregent-device';

/** Whether this browser can show pushed notices: over HTTPS, and on iPhones only once the page is on the home screen. */
export const canPush = (): boolean => 'serviceWorker' in navigator && 'PushManager' in window;

export const isPushed = (): boolean => localStorage.getItem(key) !== null;

/** Asks the person, then the browser's push service. @throws Error when either refuses, ApiError when the server does */
export async function startPush(): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') throw new Error('denied');
  const { key: applicationServerKey } = await call(getPushKey, {});
  await navigator.serviceWorker.register('/sw.js');
  const { pushManager } = await navigator.serviceWorker.ready;
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  const { endpoint = '', keys = {} } = made.toJSON();
  const { id } = await call(addDevice, { endpoint, keys: { p256dh: keys.p256dh ?? '', auth: keys.auth ?? '' } });
  localStorage.setItem(key, id);
}

/** Notices of who leaves this browser must not be shown to who comes after. */
export async function stopPush(): Promise<void> {
  const deviceId = localStorage.getItem(key);
  if (deviceId === null) return;
  localStorage.removeItem(key);
  await call(removeDevice, { deviceId }).catch(() => {});
  const registration = await navigator.serviceWorker.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}
