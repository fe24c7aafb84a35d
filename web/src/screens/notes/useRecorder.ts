import { useEffect, useRef, useState } from 'react';

interface Voice {
  sound: Blob;
  seconds: number;
}

export interface Recorder {
  /** This browser can record at all. */
  able: boolean;
  recording: boolean;
  seconds: number;
  voice: Voice | null;
  refused: boolean;
  start: () => Promise<void>;
  stop: () => void;
  discard: () => void;
}

/** Seconds after which a recording ends by itself: what is kept is 25 MB at most. */
const longest = 30 * 60;

/** The member's own voice, from the microphone; nothing leaves before the note is kept. */
export function useRecorder(): Recorder {
  const [recording, setRecording] = useState(false);
  const [seconds, setSeconds] = useState(0);
  const [voice, setVoice] = useState<Voice | null>(null);
  const [refused, setRefused] = useState(false);
  const recorder = useRef<MediaRecorder | null>(null);
  const able = typeof MediaRecorder !== 'undefined' && navigator.mediaDevices?.getUserMedia !== undefined;
  const stop = () => recorder.current?.state === 'recording' && recorder.current.stop();

  useEffect(() => {
    if (!recording) return;
    const began = Date.now();
    const timer = setInterval(() => {
      const passed = Math.floor((Date.now() - began) / 1000);
      setSeconds(passed);
      if (passed >= longest) recorder.current?.stop();
    }, 250);
    return () => clearInterval(timer);
  }, [recording]);
  useEffect(() => () => void (recorder.current?.state === 'recording' && recorder.current.stop()), []);

  async function start(): Promise<void> {
    setRefused(false);
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null);
    if (!stream) return setRefused(true);
    const began = Date.now();
    const pieces: Blob[] = [];
    const made = new MediaRecorder(stream, { audioBitsPerSecond: 48_000 });
    made.ondataavailable = ({ data }) => void pieces.push(data);
    made.onstop = () => {
      for (const track of stream.getTracks()) track.stop();
      setRecording(false);
      setVoice({
        sound: new Blob(pieces, { type: made.mimeType }),
        seconds: Math.round((Date.now() - began) / 1000),
      });
    };
    recorder.current = made;
    made.start();
    setSeconds(0);
    setVoice(null);
    setRecording(true);
  }

  return { able, recording, seconds, voice, refused, start, stop: () => void stop(), discard: () => setVoice(null) };
}

/** `1:05`. @param seconds */
export const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
