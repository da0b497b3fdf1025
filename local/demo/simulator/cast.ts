import type { Random } from './random.ts';

/** Who and what there is in the simulated world. No real person: made-up names, example.com, numbers nobody can have. */

/** Where customers write. */
export interface Channel {
  /** As the vendor spells it in `source`. */
  readonly source: string;
  readonly id: number;
  readonly name: string;
  /** The display name that custom buttons carry. */
  readonly displayType: string;
  /** How many of a hundred conversations come in here. */
  readonly share: number;
  /** Median time that an agent of usual speed takes, minutes. */
  readonly medianMinutes: number;
  /** How often the customer waits for an agent although some are on duty. */
  readonly waitingShare: number;
}

export const CHANNELS: readonly Channel[] = [
  channel('wa', 1001, 'WhatsApp Toko', 'WhatsApp', 46, 24, 0.35),
  channel('qiscus', 1002, 'Widget Situs', 'Qiscus Widget', 20, 11, 0.15),
  channel('ig', 1003, 'Instagram Toko', 'Instagram', 13, 70, 0.5),
  channel('fb', 1004, 'Halaman Facebook', 'Facebook Messenger', 9, 125, 0.65),
  channel('telegram', 1005, 'Bot Telegram', 'Telegram', 7, 34, 0.3),
  channel('line', 1006, 'LINE Official', 'LINE', 5, 52, 0.4),
];

function channel(
  source: string,
  id: number,
  name: string,
  displayType: string,
  share: number,
  medianMinutes: number,
  waitingShare: number,
): Channel {
  return { source, id, name, displayType, share, medianMinutes, waitingShare };
}

/** Someone who wrote. */
export interface Customer {
  /** A phone number, an e-mail address or the channel's own id. */
  readonly id: string;
  readonly name: string;
}

const FIRST_NAMES =
  'Putri Agus Siti Budi Rina Wahyu Ayu Eko Fitri Hendra Intan Joko Kartika Lestari Made Nur Ratna Slamet Tri Yanti'.split(
    ' ',
  );
const LAST_NAMES =
  'Pratama Wijaya Saputra Lestari Santoso Hidayat Nugroho Kusuma Permata Siregar Halim Utami Gunawan Maharani'.split(
    ' ',
  );

/** A customer of a channel, told apart from all others by the room's number. */
export function customerOf({ source }: Channel, roomNumber: number, random: Random): Customer {
  const first = random.pick(FIRST_NAMES);
  const name = `${first} ${random.pick(LAST_NAMES)}`;
  switch (source) {
    case 'wa':
      // No Indonesian number begins with 62 00.
      return { name, id: `6200${roomNumber}` };
    case 'qiscus':
      return { name, id: `${first.toLowerCase()}.${roomNumber}@example.com` };
    case 'line':
      return { name, id: `U${roomNumber.toString(16).padStart(32, '0')}` };
    default:
      return { name, id: `9${roomNumber}` };
  }
}

const SUBJECTS = ['pesanan', 'paket', 'pembayaran', 'voucher', 'retur', 'akun', 'ongkir', 'garansi'];
const OPENINGS = [
  'Halo kak, mau tanya soal',
  'Permisi min, ada masalah dengan',
  'Selamat siang, saya mau cek',
  'Kak tolong bantu',
  'Min, gimana ya kabar',
];
const FOLLOW_UPS = [
  'Halo?',
  'Masih lama kak?',
  'Nomornya sudah saya kirim ya',
  'Oke ditunggu',
  'Ini sudah dua hari kak',
  'Terima kasih min',
];
const BOT_REPLIES = [
  'Terima kasih sudah menghubungi kami. Mohon tunggu sebentar ya.',
  'Silakan kirim nomor pesanan Anda.',
  'Tim kami akan segera membalas.',
];

const TYPES = [
  { type: 'text', weight: 8 },
  { type: 'file_attachment', weight: 1.5 },
  { type: 'location', weight: 0.5 },
];

/** What somebody writes. */
export interface Message {
  readonly type: string;
  /** Empty for what is no text. */
  readonly text: string;
}

/** What a customer opens a session with. */
export function firstMessage(random: Random): Message {
  const { type } = random.pick(TYPES, ({ weight }) => weight);
  const text = `${random.pick(OPENINGS)} ${random.pick(SUBJECTS)} saya`;
  return { type, text: type === 'text' ? text : '' };
}

/** What a customer writes while they wait. */
export function followUp(random: Random): Message {
  return { type: 'text', text: random.pick(FOLLOW_UPS) };
}

export function botReply(random: Random): Message {
  return { type: 'text', text: random.pick(BOT_REPLIES) };
}

export const TAGS = ['komplain', 'refund', 'prospek', 'pengiriman', 'VIP', 'follow up'];
export const NOTES = ['Sudah refund', 'Dikirim ulang', 'Menunggu gudang', 'Pelanggan puas', 'Salah alamat'];
