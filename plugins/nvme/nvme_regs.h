/* SPDX-License-Identifier: GPL-2.0 */
/* Registers and commands of NVMe controllers; sections refer to NVM Express 1.4. */
#ifndef NVME_REGS_H
#define NVME_REGS_H

#include <linux/bits.h>
#include <linux/types.h>

/* 3.1 "Register Definition" */
#define NVME_REGION 0

#define NVME_CAP             0x00 /* RO, 64 bits */
#define NVME_CAP_MQES(cap)   ((cap)&0xffff) /* entries of a queue - 1 */
#define NVME_CAP_TO(cap)     (((cap) >> 24) & 0xff) /* longest change of CSTS.RDY, in 500 ms */
#define NVME_CAP_DSTRD(cap)  (((cap) >> 32) & 0xf)
#define NVME_CAP_NVM         BIT_ULL(37) /* supports the NVM command set */
#define NVME_CAP_MPSMIN(cap) (((cap) >> 48) & 0xf) /* smallest page: 4 KiB << this */

#define NVME_CC            0x14 /* RW */
#define NVME_CC_EN         BIT(0)
#define NVME_CC_SHN        GENMASK(15, 14)
#define NVME_CC_SHN_NORMAL BIT(14)
#define NVME_CC_IOSQES     (6 << 16) /* log2 of the size of a command */
#define NVME_CC_IOCQES     (4 << 20) /* log2 of the size of a completion */

#define NVME_CSTS           0x1c /* RO */
#define NVME_CSTS_RDY       BIT(0)
#define NVME_CSTS_CFS       BIT(1) /* fatal */
#define NVME_CSTS_SHST      GENMASK(3, 2)
#define NVME_CSTS_SHST_DONE (2 << 2)

#define NVME_AQA       0x24 /* RW: entries - 1 of both admin queues */
#define NVME_ASQ       0x28 /* RW, 64 bits */
#define NVME_ACQ       0x30 /* RW, 64 bits */
#define NVME_DOORBELLS 0x1000

/* 4.4 "Scatter Gather List": a descriptor */
struct nvme_sgl {
	__le64 address;
	__le32 length;
	u8 reserved[3];
	u8 type;
};

#define NVME_SGL_DATA 0x00 /* memory to transfer */
#define NVME_SGL_LAST 0x30 /* descriptors, all that follow */

#define NVME_SGL BIT(6) /* in flags: the command uses sgl, not prp1 and prp2 */

/* 4.2 "Submission Queue Entry" */
struct nvme_command {
	u8 opcode;
	u8 flags; /* NVME_SGL or 0 */
	__le16 cid;
	__le32 nsid;
	__le64 reserved;
	__le64 metadata;
	union {
		struct {
			__le64 prp1;
			__le64 prp2;
		};
		struct nvme_sgl sgl; /* with NVME_SGL */
	};
	__le32 cdw10;
	__le32 cdw11;
	__le32 cdw12;
	__le32 cdw13;
	__le32 cdw14;
	__le32 cdw15;
};

/* 4.6 "Completion Queue Entry" */
struct nvme_completion {
	__le32 result;
	__le32 reserved;
	__le16 sq_head;
	__le16 sq_id;
	__le16 cid;
	__le16 status;
};

#define NVME_STATUS_PHASE   BIT(0)
#define NVME_STATUS_CODE(s) (((s) >> 1) & 0x7ff) /* type and code */

/* 4.6.1 "Status Field Definition" */
#define NVME_SC_SUCCESS         0x000
#define NVME_SC_INVALID_OPCODE  0x001
#define NVME_SC_INVALID_FIELD   0x002
#define NVME_SC_ABORTED         0x007
#define NVME_SC_SQ_DELETED      0x008
#define NVME_SC_INVALID_NS      0x00b
#define NVME_SC_SGL_LENGTH      0x00f
#define NVME_SC_PRP_OFFSET      0x013
#define NVME_SC_WRITE_PROTECTED 0x020
#define NVME_SC_LBA_RANGE       0x080
#define NVME_SC_CAPACITY        0x081
#define NVME_SC_NOT_READY       0x082
#define NVME_SC_FORMATTING      0x084
#define NVME_SC_READ_ONLY       0x182
#define NVME_SC_ACCESS_DENIED   0x286
#define NVME_SCT(code)          ((code) >> 8)
#define NVME_SCT_MEDIA          2

/* 5 "Admin Command Set" */
#define NVME_ADMIN_DELETE_SQ    0x00
#define NVME_ADMIN_CREATE_SQ    0x01
#define NVME_ADMIN_GET_LOG      0x02
#define NVME_ADMIN_CREATE_CQ    0x05
#define NVME_ADMIN_IDENTIFY     0x06
#define NVME_ADMIN_ABORT        0x08
#define NVME_ADMIN_SET_FEATURES 0x09
#define NVME_ADMIN_ASYNC_EVENT  0x0c

#define NVME_QUEUE_CONTIGUOUS BIT(0) /* in cdw11 of 5.3 and 5.4 */
#define NVME_CQ_INTERRUPTS    BIT(1)
#define NVME_FEATURE_QUEUES   0x07 /* 5.21.1.7 */
#define NVME_FEATURE_EVENTS   0x0b /* 5.21.1.11 */
/* In NVME_FEATURE_EVENTS and NVME_CTRL_OAES: the attributes of a namespace have changed. */
#define NVME_EVENT_NAMESPACES BIT(8)
#define NVME_LOG_NAMESPACES   0x04 /* 5.14.1.4 "Changed Namespace List" */

/* 5.15 "Identify command", and offsets in its data */
#define NVME_IDENTIFY_SIZE       4096
#define NVME_IDENTIFY_NAMESPACE  0x00
#define NVME_IDENTIFY_CONTROLLER 0x01
#define NVME_IDENTIFY_ACTIVE     0x02 /* list of __le32 namespace ids, ended by 0 */
#define NVME_NSID_SPECIAL        0xfffffffeu /* 6.1.2: no namespace has an id from here on */

#define NVME_CTRL_SN   4
#define NVME_CTRL_MN   24
#define NVME_CTRL_FR   64
#define NVME_CTRL_MDTS 77 /* log2 of the longest transfer in smallest pages; 0: no limit */
#define NVME_CTRL_OAES 92 /* 32 bits */
#define NVME_CTRL_VWC  525
#define NVME_CTRL_SGLS 536 /* 32 bits; the lowest two: SGLs are supported */

#define NVME_NS_NSZE    0 /* 64 bits */
#define NVME_NS_FLBAS   26
#define NVME_NS_DPS     29 /* protection information */
#define NVME_NS_NSATTR  99
#define NVME_NS_LBAF    128 /* 32 bits each */
#define NVME_LBAF_MS(f) ((f)&0xffff)
#define NVME_LBAF_DS(f) (((f) >> 16) & 0xff)

/* 6 "NVM Command Set"; read and write are in nvme_msg.h */
#define NVME_FLUSH  0x00
#define NVME_RW_FUA BIT(30) /* of cdw12 */

#endif /* NVME_REGS_H */
