# SPDX-License-Identifier: MIT
# A toolchain for programs of 32 bits; tools/lib/m32-build sets KPLUG_M32_ROOT.
set(CMAKE_C_COMPILER gcc-12)
# What the kernel's headers include, asm/, is one folder for both sizes, which gcc-12-multilib does
# not know.
set(CMAKE_C_FLAGS_INIT "-m32 -idirafter /usr/include/x86_64-linux-gnu")

# This file is read for each trial of the compiler, too.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES KPLUG_M32_ROOT)

# Libraries of this machine have 64 bits.
set(CMAKE_FIND_ROOT_PATH ${KPLUG_M32_ROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${KPLUG_M32_ROOT})
set(ENV{PKG_CONFIG_LIBDIR} ${KPLUG_M32_ROOT}/usr/lib/i386-linux-gnu/pkgconfig)
