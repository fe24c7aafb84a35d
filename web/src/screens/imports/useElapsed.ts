import { useEffect, useState } from 'react';

/** Seconds since this began to be shown. */
export function useElapsed(): number {
  const [start] = useState(Date.now);
  const [now, setNow] = useState(start);
  useEffect(() => {
    const clock = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(clock);
  }, []);
  return (now - start) / 1000;
}
