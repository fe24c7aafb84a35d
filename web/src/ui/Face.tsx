import classes from './Face.module.css';
import { initials } from './initials.ts';

interface FaceProps {
  /** Decides the tint, so that a person keeps it everywhere. */
  id: string;
  name: string;
  /** Address of the photo, if there is one. */
  photo?: string | null;
  square?: boolean;
  /** Pixels. */
  size?: number;
}

/** Photo, else initials on a quiet tint. The name stands beside it: to a screen reader it is decoration. */
export function Face({ id, name, photo, square = false, size = 32 }: FaceProps) {
  const style = { width: size, height: size, fontSize: size * 0.4, ['--hue' as string]: hueOf(id) };
  return (
    <span className={classes.face} data-square={square || undefined} style={style} aria-hidden>
      {photo ? <img src={photo} alt="" width={size} height={size} loading="lazy" /> : initials(name, square)}
    </span>
  );
}

/** Eight tints spread over the wheel, from the id's last digits. */
function hueOf(id: string): number {
  return (Number.parseInt(id.slice(-4), 16) % 8) * 45 + 12;
}
