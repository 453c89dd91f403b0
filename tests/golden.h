/*
 * The golden vector of FORMATS.md 3: keys from seeds of 31 zero bytes and 01 (log), 02, 03
 * (witnesses), 04 (officer); a note, and its proof in a log of seven. It fixes the envelope, not
 * the field list of a record.
 */
#ifndef TRO_TESTS_GOLDEN_H
#define TRO_TESTS_GOLDEN_H

#define LOG_KEY "tro.example/log/1+18945dd3+AUy1q/atefv1q7zK/MJp2FzSZR7UuIW1hp8kGu3wpbop"
#define COURT_KEY "court.example/witness+414b99b3+BHQiuYh1mAaOMsREipSa2ykND041ueAbDuXxoeYA/iZ0"
#define CARRIER_KEY "carrier.example/witness+2e570806+BPOBYm5B5wJ+pDG/4wCelL3SWnRr7sRolI1sPHxdyaVL"
#define OFFICER_KEY                                                                                \
	"force.example/officer/1234+c81eb141+Af1QuOOxROokT793N/VQvI3QwmULvBqtqDPKF/+NvzKb"
#define DASH "\xe2\x80\x94 "
#define GOLDEN_TEXT                                                                                \
	"tro.example/record/v1\n"                                                                  \
	"case TRO-2026-0001\n"                                                                     \
	"seq 2\n"                                                                                  \
	"prev sha256:8b1789bac8c228ae1c6848d087baf559bcfc34fb8595dab75f8042c1c2dacc4e\n"           \
	"kind note\n"                                                                              \
	"time 2026-11-23T12:02:00Z\n"                                                              \
	"payload "                                                                                 \
	"hmac-sha256:d2bfc8025ea4935a806fc25efa328dd3491fb3e89b1c4f3095f1fea9d6ef09e8\n"
#define GOLDEN_BASE64                                                                              \
	"yB6xQbDqZh/Jlhhskaa7sDgFkXjAwvTuEkfwKc5awMyfQRbARIE6akl2rhlSBXzpc9JP/"                    \
	"fihto0mAL9hEfqo3YW7fgM="
#define GOLDEN_LINE DASH "force.example/officer/1234 " GOLDEN_BASE64 "\n"
#define GOLDEN_NOTE GOLDEN_TEXT "\n" GOLDEN_LINE
#define CHECKPOINT_TEXT "tro.example/log/1\n7\nC/HUJoYtBkzvXNZu7IcnBL8ay46G8bvc09h76nX0a0U=\n"
#define CHECKPOINT                                                                                 \
	CHECKPOINT_TEXT                                                                            \
	"\n" DASH "tro.example/log/1 "                                                             \
	"GJRd07SvQhy888PvgySCnCZT0//9eocEPuOv6eUu4E/j31J23KO2lEtROhvEtqG3QuJY+K/"                  \
	"qr9aB/PzhM2jSTp4STgU=\n" DASH "court.example/witness "                                    \
	"QUuZswAAAABrBCrHgjsVLqpmxH2KUovkqzU4UDoMIYMcDnkE3hpyP4y9dRSwz2KspM5m96Vz3n3M8f88hOFJRl"   \
	"kd35PxZvB4EmI2Dg==\n" DASH "carrier.example/witness "                                     \
	"LlcIBgAAAABrBCsDa8P8siL2OLn6D87YfAy6VTFyVI6EkqkST4D211re1arfuC6a6oaSjJ/S2Z2suMpKJ34dFJ"   \
	"U183sTmXotvWwsAQ==\n"

#define LEAF_HEX "7613061dc2018a8f9d810c4b197771f2efdd57010bd151e5e11297d1749062ab"
#define PROOF_FILE                                                                                 \
	"c2sp.org/tlog-proof@v1\nindex 2\n"                                                        \
	"f4gKKt2jl5opGNo7ZdJ/r7WrCepPlFPiWf8Tb5Ec57s=\n"                                           \
	"sUECGSvaK8NRWZKb3gP2FWleb61GCb5cy95651WQ9yI=\n"                                           \
	"p7fRxJWDWFrcnyLiI9ZlDLe64B+HLjAi87ghaK+N9VY=\n\n" CHECKPOINT
#define ROOT_4 "lPB40VPwer8Lsz00COUoMc1EeqLxq4qlHhXB/JSrRUs="
#define CONSISTENCY_4_7 "p7fRxJWDWFrcnyLiI9ZlDLe64B+HLjAi87ghaK+N9VY="

#endif
