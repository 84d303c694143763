# SPDX-License-Identifier: GPL-2.0
# Builds a plugin outside of kplug's tree. The complete Makefile of such a plugin:
#
#	obj-m := kplug_mine.o
#	KPLUG ?= /usr/share/kplug
#	include $(KPLUG)/plugin.mk
#
# make [KPLUG=DIR] [KDIR=DIR] [modules | modules_install | clean]
#
# KPLUG  an installed share/kplug, or the folder plugin_api of a tree built by kbuild
# KDIR   the kernel's build folder; the default is that of the running kernel

kplug_dir := $(abspath $(dir $(lastword $(MAKEFILE_LIST))))

# DKMS sets KERNELRELEASE, too.
ifneq ($(KBUILD_EXTMOD),)
# kbuild reads the plugin's Makefile again.
# Headers of plugins that others build upon are beside these, or in the tree.
ccflags-y += -I$(kplug_dir) -I$(kplug_dir)/../plugins
else

KDIR ?= /lib/modules/$(shell uname -r)/build
# What uname -r says there. For Debian's 6.1 kbuild has another name, which all its flavours share,
# and would install the plugin in a folder of that name.
kplug_release := $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h)
# The symbols of kplug.ko: installed for this kernel, built by DKMS, or from the build of the tree.
kplug_symvers := $(firstword $(wildcard $(kplug_dir)/$(kplug_release)/Module.symvers \
	/var/lib/dkms/kplug/*/$(kplug_release)/*/Module.symvers \
	$(kplug_dir)/../Module.symvers))

kplug_kbuild = -C $(KDIR) M=$(CURDIR) KPLUG=$(kplug_dir) \
	KBUILD_EXTRA_SYMBOLS=$(kplug_symvers) KERNELRELEASE=$(kplug_release)
# Distributions keep the key that kbuild wants to sign with.
kplug_unsigned := $(if $(wildcard $(KDIR)/certs/signing_key.pem),,CONFIG_MODULE_SIG_ALL=)

.PHONY: modules modules_install clean
modules: kplug_built
modules clean:
	$(MAKE) $(kplug_kbuild) $@

# Headers without a System.map make kbuild skip depmod.
modules_install:
	$(MAKE) $(kplug_kbuild) $(kplug_unsigned) $@
	$(if $(INSTALL_MOD_PATH),,depmod $(kplug_release))

.PHONY: kplug_built
kplug_built:
	$(if $(kplug_symvers),@:,$(error no kplug for the kernel of $(KDIR): build it first))

endif
