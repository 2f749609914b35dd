// Coefficients of the vector math, lowest power first; printed by
//   python Scripts/coefficients.py > Sources/CDescent/dsc_coefficients.h
// which says what each is the best approximation of, on which interval and under which weight.
#ifndef DSC_COEFFICIENTS_H
#define DSC_COEFFICIENTS_H

// error 2^-28.2
static const float dsc_exp_f32[] = {0x1.fffffcp-2f, 0x1.55548ap-3f, 0x1.555916p-5f, 0x1.123fc6p-7f,
                                    0x1.6a1aacp-10f};

// error 2^-28.8
static const float dsc_exp2_f32[] = {0x1.62e43p-1f,  0x1.ebfbdcp-3f,  0x1.c6aed8p-5f,
                                     0x1.3b2d68p-7f, 0x1.5f4704p-10f, 0x1.41f634p-13f};

// error 2^-27.4
static const float dsc_log_f32[] = {0x1.555554p-2f,  -0x1.000228p-2f, 0x1.99a00ap-3f,
                                    -0x1.547246p-3f, 0x1.22d9f8p-3f,  -0x1.0d8518p-3f,
                                    0x1.055c4p-3f,   -0x1.38b852p-4f};

// error 2^-29.6
static const float dsc_tanh_f32[] = {-0x1.55554ap-2f, 0x1.110cb2p-3f, -0x1.b9137p-5f,
                                     0x1.58828ap-6f, -0x1.96cf5ep-8f};

// error 2^-29.6
static const float dsc_erf_small_f32[] = {0x1.06eba8p-3f,  -0x1.81273ep-2f, 0x1.ce2dp-4f,
                                          -0x1.b7f97ep-6f, 0x1.54089ap-8f,  -0x1.a4096ap-11f,
                                          0x1.499722p-14f};

// error 2^-27.1
static const float dsc_erf_large_f32[] = {
    0x1.ffbfbep-1f, 0x1.f1a51ep-9f,  -0x1.c14a1p-7f,   0x1.f0640cp-6f,  -0x1.6fbad4p-5f,
    0x1.730726p-5f, -0x1.d92dc2p-6f, 0x1.c15484p-8f,   0x1.dd3e4p-8f,   -0x1.2d6366p-7f,
    0x1.c9578cp-9f, 0x1.9ec3a8p-10f, -0x1.b6bd7ep-10f, 0x1.86b92cp-16f, 0x1.d4c844p-13f};

// error 2^-34.1
static const double dsc_exp_narrow[] = {0x1.0000003d8fc98p-1,  0x1.55555432581e8p-3,
                                        0x1.555485ebc8529p-5,  0x1.11127f2403dep-7,
                                        0x1.6d945bcbdc484p-10, 0x1.9f02b5db3fdf1p-13};

// error 2^-37.4
static const double dsc_sinh_narrow[] = {0x1.555555755ea5dp-3, 0x1.1110adee31a3p-7,
                                         0x1.a176c1cfc7c78p-13};

// error 2^-33.1
static const double dsc_cosh_narrow[] = {0x1.5554e19f0c732p-5, 0x1.6d5524c946b04p-10};

// error 2^-32.8
static const double dsc_log_narrow[] = {
    0x1.555554af0bd9fp-2, -0x1.ffffd3a847f92p-3, 0x1.999a132865966p-3, -0x1.5563b218727cep-3,
    0x1.248f266def005p-3, -0x1.fce72cf05d2abp-4, 0x1.c40b2d8348e05p-4, -0x1.bb2c10fab7681p-4,
    0x1.b37c398007fecp-4, -0x1.e99c68b73861p-5};

// error 2^-40.8
static const double dsc_log_pow[] = {
    0x1.555555531d0f1p-2, -0x1.0000002026e43p-2, 0x1.99999d9b0a74ep-3, -0x1.555539250abc3p-3,
    0x1.24911e6b5fa67p-3, -0x1.0003e1f93d1a7p-3, 0x1.c76bd93c900dep-4, -0x1.9940f65ddff6bp-4,
    0x1.6f1e8610f0a4dp-4, -0x1.53a5e95bf731cp-4, 0x1.64431cfc32ed2p-4, -0x1.5d354aeaad54fp-4,
    0x1.68095d166ea1ep-5};

// error 2^-34.2
static const double dsc_exp2_pow[] = {
    0x1.62e42ff0fbea5p-1,  0x1.ebfbe07f4d667p-3,  0x1.c6b08a961d627p-5, 0x1.3b29ebba5c1f4p-7,
    0x1.5d8aa04f6bf27p-10, 0x1.44634fa5a9a5cp-13, 0x1.fddc2be5e73adp-17};

// error 2^-37.6
static const double dsc_sin_narrow[] = {-0x1.5555554cb230bp-3, 0x1.1111089095b81p-7,
                                        -0x1.a00f98fc6ca7ap-13, 0x1.6cd737fd1057ep-19};

// error 2^-33.3
static const double dsc_cos_narrow[] = {0x1.55554aac285b7p-5, -0x1.6c0c86af8059fp-10,
                                        0x1.9a00d858a8894p-16};

// error 2^-35.8
static const double dsc_asin_narrow[] = {
    0x1.5555560913199p-3, 0x1.3332a80a87fbfp-4, 0x1.6ddb264cf9b29p-5, 0x1.ed53983e7eca8p-6,
    0x1.9358a39b533ecp-6, 0x1.e98255d08ef8ap-8, 0x1.1c33f2654d84bp-5};

// error 2^-34.0
static const double dsc_atan_narrow[] = {
    -0x1.55555498ab9fbp-2, 0x1.99993e96a290ap-3, -0x1.248a9cd77808fp-3, 0x1.c6759f3afe34bp-4,
    -0x1.702e4790b61eap-4, 0x1.29c0e9d7d74f1p-4, -0x1.c0233c667315p-5,  0x1.1c4c7af18e23cp-5,
    -0x1.0ddd9c5fb77f1p-6, 0x1.47a175f2eb026p-8, -0x1.74ec062e85018p-11};

// error 2^-33.9
static const double dsc_erfc_narrow[] = {
    0x1.058671b5550bap-2,   -0x1.b57034f3ce831p-2, 0x1.eeea7da5a751cp-3,   -0x1.437f082a8a8cap-4,
    0x1.e947c11635eebp-9,   0x1.ca930521b8d21p-8,  -0x1.bc3d7832a6d92p-11, -0x1.01249e0f31d72p-10,
    0x1.753f7780bbd6dp-15,  0x1.6725a025a74fep-13, 0x1.9bd9273527354p-16,  -0x1.874b5412d1d82p-16,
    -0x1.29ccf26ad5157p-17, -0x1.0e8fda41a8a23p-22};

// error 2^-35.3
static const double dsc_erfinv_centre[] = {
    0x1.805c5cfd1512cp+0,  0x1.f91e8993ce70dp-3,   -0x1.11c3c53776dbdp-8,  -0x1.4863ce529ccbfp-10,
    0x1.c9b4de560c81cp-13, -0x1.4f4723c1da48dp-18, -0x1.cab716ef97c2dp-19, 0x1.0100430c12966p-21,
    0x1.dcb7be5b79edbp-27, -0x1.7547652b2c9fep-27, 0x1.bb37703ef9a23p-31,  0x1.0fca278081cbap-33,
    -0x1.5bc2b1807278p-36};

// error 2^-32.8
static const double dsc_erfinv_tail[] = {
    0x1.6a9efbd5c0f81p+1,   0x1.006dca6c55508p+0,  0x1.35830b7192256p-7,   -0x1.f4efe564dca74p-8,
    0x1.748c952a8c155p-8,   -0x1.d29662fd0bc5dp-9, 0x1.85e0ecadc53b8p-10,  -0x1.318df9c1414d5p-13,
    -0x1.34af9c45ddc22p-12, 0x1.a84b36e444906p-13, -0x1.e06e69ce8527ep-16, -0x1.acab8ea3d4f37p-16,
    0x1.44daf1516e669p-17};

// error 2^-37.0
static const double dsc_i0_near_narrow[] = {
    0x1.ffffffffef842p-1,  0x1.00000001103c1p+0,  0x1.ffffffd62c49fp-3,  0x1.c71c7417e14f1p-6,
    0x1.c71c520c62041p-10, 0x1.23465aab5a6bdp-14, 0x1.02df88309fb4ep-19, 0x1.52924efdf5442p-25,
    0x1.4f1313e92cc83p-31, 0x1.1a3882230704ap-37, 0x1.f9759d290be1bp-45, 0x1.44082cf43da6ep-50};

// error 2^-33.4
static const double dsc_i0_far_narrow[] = {
    0x1.9bd428acb20ffp-2,  0x1.b8796bbce0cfep-9,  0x1.1dab09425f807p-13, 0x1.75cbee08cd5fcp-17,
    0x1.8c3caa464f523p-20, 0x1.49987b393f769p-22, 0x1.d2d5ef29d880dp-24, 0x1.11659eb81ffbdp-25};

// error 2^-39.3
static const double dsc_i1_near_narrow[] = {
    0x1.fffffffffcbcp-2,   0x1.0000000058eddp-2,  0x1.555555499a5c8p-5,  0x1.c71c72ed4b5afp-9,
    0x1.6c16b32b1bf62p-13, 0x1.845d5343acfaap-18, 0x1.27de292ce7ac9p-23, 0x1.5276263fef3b5p-29,
    0x1.2a71f170a09cp-35,  0x1.bf85f79ce037fp-42, 0x1.7eb59af840bccp-49, 0x1.a3f0c4038cc3fp-55};

// error 2^-33.1
static const double dsc_i1_far_narrow[] = {
    0x1.8ebe783b10449p-2,   -0x1.3f79621f91abdp-7,  -0x1.cbc602f68afc9p-13, -0x1.f8810ad9886cdp-17,
    -0x1.ea1e7c3f0a831p-20, -0x1.80a77e0864a5ep-22, -0x1.075209e48013cp-23, -0x1.33f9ad0a5471dp-25};

// error 2^-57.8
static const double dsc_exp_f64[] = {
    0x1.000000000000bp-1,  0x1.55555555554fp-3,   0x1.555555555024ap-5,  0x1.111111112996dp-7,
    0x1.6c16c1859c904p-10, 0x1.a01a01233675fp-13, 0x1.a01995ed91b29p-16, 0x1.71df2ebaa6ac7p-19,
    0x1.28b1679fcc2d3p-22, 0x1.ad7ae068aeff1p-26};

// error 2^-51.4
static const double dsc_log_f64[] = {
    0x1.5555555555558p-1, 0x1.9999999994db7p-2, 0x1.2492492e806dbp-2, 0x1.c71c623288843p-3,
    0x1.7462e6bd20bb8p-3, 0x1.39f7f8f20a6fep-3, 0x1.2ba66404cf878p-3};

// error 2^-60.1
static const double dsc_tanh_f64[] = {
    -0x1.555555555554dp-2,  0x1.1111111110448p-3,  -0x1.ba1ba1b94c0dcp-5,  0x1.664f484e284b6p-6,
    -0x1.226e2d9c25549p-7,  0x1.d6d25f39ca16p-9,   -0x1.7d8cbec990c88p-10, 0x1.3469fb88d1a71p-11,
    -0x1.e86701fefab1ap-13, 0x1.5a74ee7aaa509p-14, -0x1.3f96e7691b848p-16};

// error 2^-58.0
static const double dsc_sin_f64[] = {-0x1.5555555555549p-3,  0x1.111111110f861p-7,
                                     -0x1.a01a019c0e4c2p-13, 0x1.71de3574b8f8fp-19,
                                     -0x1.ae5e63cbcac75p-26, 0x1.5d92462c77cbcp-33};

// error 2^-64.2
static const double dsc_cos_f64[] = {0x1.555555555554cp-5,  -0x1.6c16c16c15162p-10,
                                     0x1.a01a019caef56p-16, -0x1.27e4f807d7341p-22,
                                     0x1.1ee9ea6d41c41p-29, -0x1.8fadd0962917bp-37};

// error 2^-58.0
static const double dsc_exp2_f64[] = {
    0x1.62e42fefa39efp-1,  0x1.ebfbdff82c5a4p-3,  0x1.c6b08d7049fe8p-5,  0x1.3b2ab6fba011bp-7,
    0x1.5d87fe78cd6a3p-10, 0x1.4309130ed8985p-13, 0x1.ffcbfba98b602p-17, 0x1.62bfc79dbfbc9p-20,
    0x1.b5267ccf414e7p-24, 0x1.e61b4ee697518p-28, 0x1.e79bc9a98919p-32};

// error 2^-63.2
static const double dsc_sinh_f64[] = {
    0x1.5555555555556p-3,  0x1.11111111110a1p-7,  0x1.a01a01a0291fdp-13, 0x1.71de3a45f70b4p-19,
    0x1.ae6467669e987p-26, 0x1.611a3a182f531p-33, 0x1.b4cf7b2c1247ep-41};

// error 2^-59.8
static const double dsc_asin_f64[] = {
    0x1.5555555555578p-3, 0x1.333333332df8p-4,  0x1.6db6db722602cp-5, 0x1.f1c71a8dc559ep-6,
    0x1.6e8bdfa64b849p-6, 0x1.1c49e2bcd11abp-6, 0x1.ca20cdfd8d3e9p-7, 0x1.757b7a5d51c54p-7,
    0x1.6173f25398f57p-7, 0x1.e2bea79a9d69cp-9, 0x1.6492a42f7a9a8p-6, -0x1.59546dea6bfb7p-6,
    0x1.0bb05ae4fa31ep-5};

// error 2^-57.8
static const double dsc_atan_f64[] = {
    -0x1.5555555555518p-2, 0x1.99999999914cap-3, -0x1.249249216fa0fp-3, 0x1.c71c709678facp-4,
    -0x1.745cf54d06e42p-4, 0x1.3b11453275551p-4, -0x1.10f366af3aab2p-4, 0x1.dfed0b48423bdp-5,
    -0x1.a3a778870dfe9p-5, 0x1.571dffbe10ce8p-5, -0x1.c1fb06abd5532p-6, 0x1.4c2903dee5f31p-7};

// error 2^-60.7
static const double dsc_asinh_f64[] = {
    -0x1.5555555555548p-3, 0x1.3333333331d59p-4,  -0x1.6db6db6cea15p-5,   0x1.f1c71c34ba6d7p-6,
    -0x1.6e8b9d7519279p-6, 0x1.1c4e731892866p-6,  -0x1.c992ed4664964p-7,  0x1.7a55328aea90dp-7,
    -0x1.3ec4cce5e06b9p-7, 0x1.0e4ad681d7b11p-7,  -0x1.c14cd8b92b765p-8,  0x1.5c357cec6d55ep-8,
    -0x1.d216af8948075p-9, 0x1.e56f0dfd6ae9dp-10, -0x1.5218d7024d427p-11, 0x1.cd2c7fe07d389p-14};

// error 2^-56.9
static const double dsc_erf_f64[] = {
    0x1.06eba8214db68p-3,  -0x1.812746b0379bep-2,  0x1.ce2f21a040da6p-4,  -0x1.b82ce311fc3f4p-6,
    0x1.565bccf9572aap-8,  -0x1.c02db0436052ep-11, 0x1.f9a2bb1baca3ap-14, -0x1.f4ca5385d6678p-17,
    0x1.b98009d782a31p-20, -0x1.5c0853ccd55a9p-23, 0x1.d7228791629c5p-27, -0x1.abc2f1bc0ef5bp-31};

// error 2^-57.1
static const double dsc_erf_tail_f64[] = {
    0x1.6e9827d2297c4p-3,   -0x1.4e102b9d05594p-2, 0x1.f6ff203f5c1b1p-3,  -0x1.336ffbe88bdd4p-3,
    0x1.258b1752f267bp-4,   -0x1.8fa4d0c1b5fa6p-6, 0x1.17dd21765a658p-8,  0x1.75f5a607277d9p-11,
    -0x1.308d3df1b567dp-11, 0x1.41938eb39aefbp-14, 0x1.b0b16f28b7599p-14, 0x1.003d242f76e7ap-16};

// error 2^-58.8
static const double dsc_erfc_f64[] = {
    0x1.446a2ace24489p-1,   -0x1.a2963e4f0441bp-4,  0x1.1ef6c91ca7edcp-5,   0x1.bae6f1515827ap-7,
    -0x1.2e4718b651adcp-5,  0x1.3f4eaa7ce5a3p-5,    -0x1.df4723bbb4648p-6,  0x1.162c00b517006p-6,
    -0x1.f181738b3fe69p-8,  0x1.3caeaab4dbe9cp-9,   -0x1.9024d597a571cp-12, -0x1.787643eef3c3ep-14,
    0x1.300d720d290cbp-14,  -0x1.a15252815c6edp-17, -0x1.5ff1baef65c84p-18, 0x1.782c3e131ce7cp-19,
    0x1.eb69686229dadp-24,  -0x1.abf4c23869de3p-22, 0x1.39ac23c173eb4p-25,  0x1.b1469c840fac9p-25,
    -0x1.b12ee2a9b6c6fp-28, -0x1.4eb62ad644a1ap-28};

// error 2^-21.8
static const double dsc_erfinv_guess_f64[] = {
    0x1.805c5a1c38751p+0,  0x1.f91f231fd1ef5p-3,   -0x1.11b1fee7ef71p-8,   -0x1.48e4e4e7330aep-10,
    0x1.c7c9623d184f6p-13, -0x1.12c1a012daef9p-18, -0x1.ab9a0a6f33e3bp-19, 0x1.52e856408c152p-22};

// error 2^-23.9
static const double dsc_erfcinv_guess_f64[] = {
    0x1.0006a9fa8f47bp+0,   -0x1.012cfdf4a9df2p-6, -0x1.816e10df13cp+0,   0x1.14ce739f5be7ep+3,
    -0x1.6e84297ecc087p+5,  0x1.9c502b64c98fdp+7,  -0x1.5322e2f866d84p+9, 0x1.7eee0667ff627p+10,
    -0x1.170f9dcd9c611p+11, 0x1.d68f0d06ec76fp+10, -0x1.5be0cdd041dd6p+9};

// error 2^-56.0
static const double dsc_lgamma_f64[] = {
    0x1.b0ee6072093cep-2,   0x1.4a34cc4a60fa5p-2,  -0x1.13e001a5576e1p-4,  0x1.51322ac7d90afp-6,
    -0x1.e404fc213d655p-8,  0x1.7add6eacd9e1bp-9,  -0x1.38ac5c5be695cp-10, 0x1.0b36af9d3c482p-11,
    -0x1.d3fd304b47e63p-13, 0x1.a127cbf46b97ap-14, -0x1.78e2f962cf9f9p-15, 0x1.58044c98055d1p-16,
    -0x1.3c4e135680657p-17, 0x1.26ebe55620485p-18, -0x1.173c946b56ec1p-19, 0x1.cfedfa32a49bep-21,
    -0x1.ac55f413f7f3ap-22, 0x1.c6cc6cd395b92p-22, -0x1.9aec7533204fcp-25, -0x1.38e0af2c03298p-23,
    -0x1.6f71b8b337508p-23};

// error 2^-60.0
static const double dsc_i0_near_f64[] = {0x1p+0,
                                         0x1p+0,
                                         0x1.ffffffffffff3p-3,
                                         0x1.c71c71c71c85bp-6,
                                         0x1.c71c71c71a937p-10,
                                         0x1.23456789c5e6bp-14,
                                         0x1.02e85c06c947ep-19,
                                         0x1.522a44218f6ffp-25,
                                         0x1.522a41269cbf6p-31,
                                         0x1.0b3153e7ad25bp-37,
                                         0x1.55ff4d7c31c7p-44,
                                         0x1.69e61f86693bbp-51,
                                         0x1.40a5db336e056p-58,
                                         0x1.f2a304e0403bep-66,
                                         0x1.108b5c6553956p-73,
                                         0x1.1cafcb6caf733p-80};

// error 2^-57.6
static const double dsc_i0_far_f64[] = {
    0x1.9bd428ad249a5p-2,   0x1.b87969bb93b9bp-9,  0x1.1daa72b5e271p-13,   0x1.75e5ee711e8dap-17,
    0x1.8e513a795ea3fp-20,  0x1.3f49a964e19b1p-22, 0x1.7d0f0a422fbcfp-24,  0x1.51cdd5f58ffc9p-25,
    0x1.7234dea1aacebp-26,  0x1.03a49933f981fp-27, -0x1.cfe78bc47de63p-28, -0x1.cd00ecc96efep-27,
    -0x1.729590c55bd7dp-28, 0x1.04402cf5e2855p-27, 0x1.fc7b4f1b10119p-28,  -0x1.e71d4a022fceep-29,
    -0x1.957dfa827710ap-28, 0x1.ade45913f0f0bp-30, 0x1.ebe5b939b5f38p-29,  -0x1.4b8d1e58b7d63p-31,
    -0x1.b1a74f21b9085p-30, 0x1.6c4f2ade9b74ap-33, 0x1.e5072ff5d0e21p-32,  -0x1.8c9f0f94161f5p-36,
    -0x1.fc43fd5d77a32p-35};

// error 2^-62.7
static const double dsc_i1_near_f64[] = {0x1p-1,
                                         0x1p-2,
                                         0x1.5555555555552p-5,
                                         0x1.c71c71c71c7a1p-9,
                                         0x1.6c16c16c160bep-13,
                                         0x1.845c8a0cf770bp-18,
                                         0x1.27e4fb76585aap-23,
                                         0x1.522a441145765p-29,
                                         0x1.2c9757300de22p-35,
                                         0x1.ab82105c09f72p-42,
                                         0x1.f17427e552ce3p-49,
                                         0x1.e28089554a6b9p-56,
                                         0x1.8ad6af685c4fdp-63,
                                         0x1.1c1860ad27528p-70,
                                         0x1.26fe3cf82492ep-78,
                                         0x1.17ce356f3b171p-85};

// error 2^-57.6
static const double dsc_i1_far_f64[] = {
    0x1.8ebe783a8403p-2,    -0x1.3f796198ee632p-7,  -0x1.cbc54df1e8da9p-13, -0x1.f89c23059fc5fp-17,
    -0x1.ec8e10776f788p-20, -0x1.7613810c3fd64p-22, -0x1.ad8d46c7192d8p-24, -0x1.727973202a78dp-25,
    -0x1.9191e14cf916cp-26, -0x1.21a472bcfcf9bp-27, 0x1.cf0350a8a7c4fp-28,  0x1.e27e5b3bc124cp-27,
    0x1.99ac217e0c653p-28,  -0x1.0759690c96be4p-27, -0x1.0de5f88e77688p-27, 0x1.dc4197a2cfad7p-29,
    0x1.a91bc01afe98bp-28,  -0x1.97c7f2f20437p-30,  -0x1.006f1138359ccp-28, 0x1.34d786c7da1a4p-31,
    0x1.c2f9673b13f86p-30,  -0x1.511f44efa06c8p-33, -0x1.f7b9ed7e83744p-32, 0x1.6ef347ddf343p-36,
    0x1.07b751b55354fp-34};

// error 2^-71.9
static const double dsc_log2_f64[] = {
    0x1.2776c50ef9bfbp-1, 0x1.a61762a7af0ddp-2, 0x1.484b13d684527p-2, 0x1.0c9a854cbf5b8p-2,
    0x1.c68ee08c0b1fep-3, 0x1.8a0af7ef40b4bp-3, 0x1.58e4a4571bce2p-3, 0x1.62b1b613bc94p-3};

// in 2 x - 3
static const double dsc_digamma_near_zero[] = {
    0x1.e6f0cbb873616p-1,  -0x1.b1cb63005ee98p-3,  0x1.eca189b8e6f7bp-5,  -0x1.2feeeb98a78cbp-6,
    0x1.8512e59037ebbp-8,  -0x1.fb44202a259cep-10, 0x1.4de9aa1802de8p-11, -0x1.b9f8b11b2f98ep-13,
    0x1.25647156391a7p-14, -0x1.8635641765f08p-16, 0x1.03c0b2b60f6f7p-17, -0x1.5a06a23d62223p-19,
    0x1.cd1f26d55994ep-21, -0x1.336df991b5f25p-22, 0x1.99e1aca26565dp-24, -0x1.0fb126d4c2892p-25,
    0x1.69ba8fdd1d52cp-27, -0x1.fdacdb7508852p-29, 0x1.56c5b73aaffa6p-30, -0x1.2f41994664278p-32,
    0x1.80260c257a44fp-34, -0x1.761380b8f00cep-34, 0x1.00b98a8f0aa04p-35};

// Each line is one power for eight intervals of half a unit; error 2^-27.0.
static const float dsc_erf_parts_f32[][8] = {
    {0x1.1af54ep+0f, 0x1.e57b74p-1f, 0x1.d8865ep-1f, 0x1.f92d08p-1f, 0x1.ff4048p-1f, 0x1.fff2dp-1f,
     0x1.ffff7p-1f, 0x1.fffffcp-1f},
    {-0x1.7306e4p-3f, -0x1.a0cddp-2f, 0x1.e4653cp-3f, 0x1.b054dap-5f, 0x1.d413eap-8f,
     0x1.336314p-11f, 0x1.e9c9bep-16f, 0x1.d97586p-21f},
    {-0x1.576636p-2f, -0x1.9a7dc4p-4f, -0x1.2ebf66p-2f, -0x1.7a4a72p-4f, -0x1.074afcp-6f,
     -0x1.a6a5ap-10f, -0x1.8dec34p-14f, -0x1.bbc964p-19f},
    {0x1.acd158p-4f, 0x1.5ac6aap-3f, 0x1.57166cp-3f, 0x1.715e24p-4f, 0x1.63f97ap-6f, 0x1.69862p-9f,
     0x1.9967aep-13f, 0x1.097974p-17f},
    {0x1.6c992ap-4f, -0x1.973d24p-6f, -0x1.912602p-8f, -0x1.8a18b6p-5f, -0x1.38c40ep-6f,
     -0x1.aafaa8p-9f, -0x1.2bf1bp-12f, -0x1.cdfe1ap-17f},
    {-0x1.1e7a7cp-5f, -0x1.315236p-5f, -0x1.7f364ap-5f, 0x1.8737ccp-8f, 0x1.5abb0ap-7f,
     0x1.726294p-9f, 0x1.5cc51ap-12f, 0x1.52fb84p-16f},
    {-0x1.25ce4cp-6f, 0x1.cfd63ep-7f, 0x1.4f8ba8p-6f, 0x1.29386ap-7f, -0x1.6a4854p-9f,
     -0x1.b58cp-10f, -0x1.20677p-12f, -0x1.5e321p-16f},
};

// The positive zero of digamma, in two parts.
static const double dsc_digamma_zero = 0x1.762d86356be3fp+0;
static const double dsc_digamma_zero_low = 0x1.b86a722197829p-54;

// 2 / ln 2, in two parts.
static const double dsc_log2_twice = 0x1.71547652b82fep+1;
static const double dsc_log2_twice_low = 0x1.777d0ffda0d24p-55;

// A third of it, in two parts.
static const double dsc_log2_thirds = 0x1.ec709dc3a03fdp-1;
static const double dsc_log2_thirds_low = 0x1.d27f05548af0cp-55;

#endif
