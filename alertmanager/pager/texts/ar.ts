// What the pager says in Arabic, as ICU messages.

import type { Texts } from './catalogue.ts'

export const ar: Texts = {
  connectionLost:
    'تنبيه Linda Bot: تم اكتشاف انقطاع QR في {where}. تجري إعادة الاتصال تلقائيا. التحديث التالي خلال {next, number} دقيقة.',
  qrRegenerationFailed: 'تنبيه Linda Bot: فشل تجديد رمز QR للحساب {where}.',
  healthDropped: 'تنبيه Linda Bot: انخفضت سلامة {where}.',
  agentDown: 'تنبيه Linda Bot: أحد الوكلاء لا يستجيب ({where})، ولا أحد يراقب حساباته.',
  heartbeatLost: 'تنبيه Linda Bot: لم يعد يصل شيء من Alertmanager. قد لا تصلك التنبيهات.',
  test: 'تنبيه Linda Bot: هذا اختبار. لم يحدث شيء.',
  other: 'تنبيه Linda Bot: {issue} في {where}. {summary}',
  resolved: 'Linda Bot: انتهى {issue} في {where}.',
  again: 'مرة أخرى: {headline}',
  worse: 'الوضع أسوأ الآن: {headline}',
  several:
    '{count, plural, zero {# تنبيه} one {تنبيه واحد} two {تنبيهان} few {# تنبيهات} many {# تنبيها} other {# تنبيه}}',
  fleet: 'الأسطول',
  action: 'الإجراء: {action}',
  runbook: 'دليل الإجراءات: {link}',
  link: 'للتأكيد: {link}',
  reply: 'أرسل {code} للتأكيد.',
  press: 'اضغط 1 للتأكيد.',
  thanks: 'تم التأكيد. لن يتكرر التنبيه حتى ينتهي الأمر أو يسوء.',
  over: 'انتهى هذا التنبيه بالفعل.',
  wrongKey: 'هذا الزر لا يفعل شيئا.',
  wrongReply: 'لا يوجد تنبيه مفتوح بهذا الرقم.',
  button: 'تأكيد',
  title: 'Linda: {issue}',
}
