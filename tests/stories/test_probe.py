from vepshare.demo import S02
from .looking import entries
def test_probe(tell):
    t=tell(S02,"2027-04-21 10:30")
    print(entries(t,"u09","HE")); print(entries(t,"u09","SF"))
    t=tell(S02,"2027-04-21 10:24")
    print(entries(t,"u09","HE")); 
