// What the pager says in Indonesian, as ICU messages.

import type { Texts } from './catalogue.ts'

export const id: Texts = {
  connectionLost:
    'Linda Bot Peringatan: koneksi QR terputus pada {where}. Sedang mencoba menyambung kembali secara otomatis. Kabar berikutnya dalam {next, number} menit.',
  qrRegenerationFailed: 'Linda Bot Peringatan: pembuatan ulang QR untuk {where} gagal.',
  healthDropped: 'Linda Bot Peringatan: kesehatan {where} menurun.',
  agentDown: 'Linda Bot Peringatan: sebuah agen tidak menjawab ({where}); akunnya tidak ada yang mengawasi.',
  heartbeatLost:
    'Linda Bot Peringatan: tidak ada kabar lagi dari Alertmanager. Peringatan mungkin tidak sampai kepada Anda.',
  test: 'Linda Bot Peringatan: ini hanya uji coba. Tidak terjadi apa-apa.',
  other: 'Linda Bot Peringatan: {issue} pada {where}. {summary}',
  resolved: 'Linda Bot: {issue} pada {where} sudah selesai.',
  again: 'Sekali lagi: {headline}',
  worse: 'Sekarang lebih parah: {headline}',
  several: '{count, plural, other {# peringatan}}',
  fleet: 'seluruh armada',
  action: 'Tindakan: {action}',
  runbook: 'Panduan: {link}',
  link: 'Konfirmasi: {link}',
  reply: 'Balas {code} untuk konfirmasi.',
  press: 'Tekan 1 untuk konfirmasi.',
  thanks: 'Sudah dikonfirmasi. Tidak ada pesan lagi sampai selesai atau memburuk.',
  over: 'Peringatan ini sudah selesai.',
  wrongKey: 'Tombol itu tidak berfungsi.',
  wrongReply: 'Tidak ada peringatan terbuka dengan nomor itu.',
  button: 'Konfirmasi',
  title: 'Linda: {issue}',
}
