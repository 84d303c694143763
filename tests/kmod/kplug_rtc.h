/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* An RTC (PL031): its registers, and where the test machine's device tree has it. */
#ifndef KPLUG_RTC_H
#define KPLUG_RTC_H

#define RTC_COMPATIBLE "kplug,rtc"

#define RTC_REGION   0
#define RTC_NOW      0x00 /* seconds */
#define RTC_ALARM    0x04 /* interrupts when they are that many */
#define RTC_ENABLE   0x10 /* the interrupt */
#define RTC_STATUS   0x18 /* is it the cause of an interrupt? */
#define RTC_ACK      0x1c
#define RTC_ID       0xfe0 /* the low byte of its part number */
#define RTC_ID_VALUE 0x31

#endif
