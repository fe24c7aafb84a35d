import { useEffect, useRef, useState } from 'react';
import { t } from '../../i18n.ts';
import classes from './Events.module.css';

/** What the door knows a code by: SHA-256 of its text, the first 16 hexadecimal digits. */
async function ticketOf(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return [...digest.subarray(0, 8)].map((octet) => octet.toString(16).padStart(2, '0')).join('');
}

/** Frames between two looks at the picture: a phone reads some eight codes a second so, and stays cool. */
const every = 6;

/** Reads codes with the camera, on the phone itself; nothing of the picture leaves it. The reader is loaded when it is first asked for. */
export function Scanner({ onTicket }: { onTicket: (ticket: string) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const told = useRef(onTicket);
  told.current = onTicket;
  const [failed, fail] = useState(false);
  useEffect(() => {
    const player = video.current!;
    let stop = () => {};
    let over = false;
    const begin = async () => {
      const { frameLoop, QRCanvas, rearCamera } = await import('qr/dom.js');
      const camera = await rearCamera(player);
      if (over) return camera.stop();
      const canvas = new QRCanvas();
      let [last, frame] = ['', 0];
      const end = frameLoop(async () => {
        if (++frame % every !== 0) return;
        const text = await camera.readFrame(canvas);
        // The same code before the camera is one guest.
        if (typeof text !== 'string' || text === last) return;
        last = text;
        told.current(await ticketOf(text));
      }, player);
      stop = () => {
        end();
        camera.stop();
      };
    };
    begin().catch(() => fail(true));
    return () => {
      over = true;
      stop();
    };
  }, []);
  if (failed) return <p role="alert">{t('events.door.noCamera')}</p>;
  return <video ref={video} className={classes.video} muted playsInline aria-label={t('events.door.camera')} />;
}
