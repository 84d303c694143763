/* SPDX-License-Identifier: MIT */
/* The kernel log, watched for reports. */
#ifndef FUZZ_LOG_H
#define FUZZ_LOG_H

void log_open(void);
/* log_next() - the next report, without its time; NULL for none so far */
const char *log_next(void);

#endif
