# SPDX-License-Identifier: MIT
# A toolchain for programs of arm64; tools/lib/arm64-build sets KPLUG_ARM64_ROOT.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc-12)

# This file is read for each trial of the compiler, too.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES KPLUG_ARM64_ROOT)

# Libraries that those of the root need in their turn are there, too.
set(libraries ${KPLUG_ARM64_ROOT}/usr/lib/aarch64-linux-gnu)
set(CMAKE_EXE_LINKER_FLAGS_INIT
	"-Wl,-rpath-link,${libraries}:${KPLUG_ARM64_ROOT}/lib/aarch64-linux-gnu")

# Libraries and headers of this machine are for another architecture.
set(CMAKE_FIND_ROOT_PATH ${KPLUG_ARM64_ROOT} /usr/aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${KPLUG_ARM64_ROOT})
set(ENV{PKG_CONFIG_LIBDIR} ${libraries}/pkgconfig)
