// Reading a code with the camera: by the browser where it can, else by a reader of our own, loaded when it is first needed.

/** @typedef {(frame: HTMLVideoElement) => Promise<string | null>} Reader */

/** Between two looks, in milliseconds: a phone should not grow hot. */
const PAUSE = 120;
/** The longer side of what our own reader looks at, in pixels. */
const SIDE = 800;

/**
 * Shows what the camera sees and calls back with the first code in it.
 * @param {HTMLVideoElement} video
 * @param {AbortSignal} signal ends it
 * @param {(text: string) => boolean} found whether that was what one looked for
 * @returns {Promise<MediaStreamTrack>} rejected where there is no camera, or its owner does not let us
 */
export async function look(video, signal, found) {
  if (!navigator.mediaDevices?.getUserMedia) throw new Error('no camera');
  const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } } });
  const [track] = stream.getVideoTracks();
  const stop = () => stream.getTracks().forEach((one) => one.stop());
  if (signal.aborted || !track) {
    stop();
    throw new Error('ended');
  }
  signal.addEventListener('abort', stop);
  video.srcObject = stream;
  await video.play();
  const read = await reader();
  const again = async () => {
    if (signal.aborted) return;
    const text = video.readyState >= 2 ? await read(video).catch(() => null) : null;
    if (signal.aborted || (text && found(text))) return;
    setTimeout(again, PAUSE);
  };
  again();
  return track;
}

/** @returns {Promise<Reader>} */
async function reader() {
  const Native = /** @type {any} */ (globalThis).BarcodeDetector;
  const formats = await Native?.getSupportedFormats?.().catch(() => []);
  if (formats?.includes('qr_code')) {
    const detector = new Native({ formats: ['qr_code'] });
    return async (frame) => (await detector.detect(frame))[0]?.rawValue ?? null;
  }
  const { decodeQR } = await import('../../vendor/qr/decode.js');
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return async (frame) => {
    const scale = Math.min(1, SIDE / Math.max(frame.videoWidth, frame.videoHeight, 1));
    canvas.width = Math.round(frame.videoWidth * scale);
    canvas.height = Math.round(frame.videoHeight * scale);
    if (!context || canvas.width === 0) return null;
    context.drawImage(frame, 0, 0, canvas.width, canvas.height);
    return decodeQR(context.getImageData(0, 0, canvas.width, canvas.height));
  };
}

/**
 * Turns the lamp of the camera on or off: it is dark underground.
 * @param {MediaStreamTrack} track
 * @param {boolean} on
 */
export function lamp(track, on) {
  return track.applyConstraints({ advanced: [/** @type {any} */ ({ torch: on })] });
}

/** @param {MediaStreamTrack} track whether its camera has a lamp */
export function hasLamp(track) {
  return Boolean(/** @type {any} */ (track.getCapabilities?.())?.torch);
}
