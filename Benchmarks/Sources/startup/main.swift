// What a process costs that makes a tensor, adds and prints.
import Descent

print(Tensor([1.0, 2.0]) + Tensor([3.0, 4.0]))
